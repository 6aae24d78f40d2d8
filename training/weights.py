"""A network's weights as ONNX: written float32 and int8, and read back from the int8 file to train on from it."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from torch import nn


def export(
    network: nn.Module,
    path: Path,
    inputs: list[str],
    outputs: list[str],
    shared: tuple[str, ...],
    wild: str | None = None,
) -> None:
    """Write `network` (in eager attention) as ONNX, with `shared` naming its axes, beside `path` as float.onnx, and
    dynamically quantized to int8 (a scale for each column of a matrix) as `path`.

    Nodes whose names match `wild` are multiplied in blocks of 64 with a scale each, for inputs in which few large values
    would drown the others if all shared one.
    """
    network.eval()
    example = torch.ones(2, 16, dtype=torch.long)
    axes = {name: dict(enumerate(shared)) for name in inputs}
    axes |= {name: {0: shared[0]} if len(outputs) == 1 else dict(enumerate(shared)) for name in outputs}
    whole = path.with_name("float.onnx")
    torch.onnx.export(
        network,
        tuple(example for _ in inputs),
        str(whole),
        input_names=inputs,
        output_names=outputs,
        opset_version=17,
        dynamo=False,
        dynamic_axes=axes,
    )
    if wild is None:
        quantize_dynamic(whole, path, weight_type=QuantType.QInt8, per_channel=True)
        return
    graph = onnx.load(str(whole))
    tame = [node.name for node in graph.graph.node if not re.search(wild, node.name)]
    blocks = MatMulNBitsQuantizer(
        graph, bits=8, block_size=64, is_symmetric=True, accuracy_level=4, nodes_to_exclude=tame
    )
    blocks.process()
    with tempfile.TemporaryDirectory() as folder:
        half = Path(folder) / "half.onnx"
        blocks.model.save_model_to_file(str(half), False)
        quantize_dynamic(half, path, weight_type=QuantType.QInt8, per_channel=True)


def restore(network: nn.Module, path: Path, inputs: list[str], outputs: list[str], shared: tuple[str, ...]) -> None:
    """Fill `network` (in eager attention) with the weights of the int8 file that `export` wrote at `path`.

    The exporter renames matrices, always in the same way: a fresh export of the same network tells which is whose.
    ValueError if a weight of the file is not one of the network's.
    """
    with tempfile.TemporaryDirectory() as folder:
        export(network, Path(folder) / "fresh.onnx", inputs, outputs, shared)
        fresh = _values(Path(folder) / "float.onnx")
    held, state = _values(path), network.state_dict()
    for name, value in fresh.items():
        whose = [
            (key, turned)
            for key, own in state.items()
            for turned in (False, True)
            if (own.T if turned else own).shape == value.shape
            and np.array_equal((own.T if turned else own).numpy(), value)
        ]
        if not whose or (name not in held and f"{name}_quantized" not in held):
            continue
        new = held[name] if name in held else _whole(held, name)
        for key, turned in whose if name not in state else [(name, False)]:
            state[key] = torch.tensor(np.ascontiguousarray(new.T if turned else new))
    network.load_state_dict(state)


def _values(path: Path) -> dict[str, np.ndarray]:
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(str(path)).graph.initializer}


def _whole(held: dict[str, np.ndarray], name: str) -> np.ndarray:
    """The float matrix of a quantized one: (n, m), its scales by column or one for all."""
    scale, zero = held[f"{name}_scale"], held[f"{name}_zero_point"]
    return ((held[f"{name}_quantized"].astype(np.float32) - zero.astype(np.float32)) * scale).astype(np.float32)
