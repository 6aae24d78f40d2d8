"""A network's weights as ONNX: written float32 and int8, and read back from the int8 file to train on from it."""

from __future__ import annotations

import logging
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
    logging.disable(logging.INFO)
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


def restore(network: nn.Module, path: Path, elsewhere: tuple[str, ...] = ()) -> None:
    """Fill `network` with the weights of the int8 file that `export` wrote of one like it at `path`.

    Matrices lose their names in the file; the multiplication that uses one is still called after its layer.
    ValueError names what the file does not hold, but for the parameters `elsewhere`.
    """
    graph = onnx.load(str(path)).graph
    held = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    found = {name: held[name] for name in network.state_dict() if name in held}
    found |= {name: _whole(held, name) for name in network.state_dict() if f"{name}_quantized" in held}
    for node in graph.node:
        if node.op_type not in ("MatMulInteger", "MatMulNBits"):
            continue
        layer = node.name.rpartition("/")[0].strip("/").replace("/", ".")
        if node.op_type == "MatMulInteger":
            found[f"{layer}.weight"] = _whole(held, node.input[1].removesuffix("_quantized")).T
        else:
            codes, scales = held[node.input[1]].astype(np.float32), held[node.input[2]]
            blocks = (codes - 128) * scales.reshape(*codes.shape[:2], 1)
            found[f"{layer}.weight"] = blocks.reshape(len(codes), -1)
    missing = sorted(set(network.state_dict()) - set(found) - set(elsewhere))
    if missing:
        raise ValueError(f"{path}: holds no {', '.join(missing)}")
    state = {name: torch.tensor(np.ascontiguousarray(value)) for name, value in found.items()}
    network.load_state_dict(network.state_dict() | state)


def _whole(held: dict[str, np.ndarray], name: str) -> np.ndarray:
    """The float matrix of a quantized one: (n, m), its scales by column or one for all."""
    scale, zero = held[f"{name}_scale"], held[f"{name}_zero_point"]
    return ((held[f"{name}_quantized"].astype(np.float32) - zero.astype(np.float32)) * scale).astype(np.float32)
