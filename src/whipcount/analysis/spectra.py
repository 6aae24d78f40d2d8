"""How far apart two networks are: by the eigenvalues of their Laplacians, or cell by cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from whipcount.analysis.networks import Matrix, Network
from whipcount.errors import UsageError

DISTANCES = ("spectral", "absdiff")


def spectrum(matrix: Matrix, compat: str | None = None) -> NDArray[np.float64]:
    """Eigenvalues of the Laplacian, ascending, divided by their sum; negative ties count as none.

    The Laplacian is D - A, with A the weights without their diagonal and D the diagonal of row sums (Chung, Spectral
    Graph Theory, 1997).  DNA never subtracts A: with `compat` the result is its own, the sorted sums of the rows
    divided by their total.
    """
    weights = np.where(matrix > 0, matrix, 0.0)
    if compat:
        values = np.sort(weights.sum(axis=1))
    else:
        np.fill_diagonal(weights, 0.0)
        values = np.linalg.eigvalsh(np.diag(weights.sum(axis=1)) - (weights + weights.T) / 2)
        values = np.clip(values, 0.0, None)
    total = values.sum()
    return values / total if total else values


def spectral_distance(one: NDArray[np.float64], other: NDArray[np.float64], compat: str | None = None) -> float:
    """Euclidean distance of two spectra, the shorter filled up with zeros; DNA adds up absolute differences.

    Networks of different size are compared in this way by Shimada, Hirata, Ikeguchi and Aihara (Scientific Reports 6,
    34944, 2016).
    """
    size = max(len(one), len(other))
    gap = np.pad(one, (size - len(one), 0)) - np.pad(other, (size - len(other), 0))
    return float(np.abs(gap).sum() if compat else np.sqrt((gap**2).sum()))


def distances(series: Sequence[Network], method: str = "spectral", compat: str | None = None) -> Matrix:
    """Distance of every network of a series to every other, symmetric.

    `absdiff` is the sum of absolute differences between cells; it needs networks of the same labels (windows made with
    `isolates`, or kernel smoothing), else UsageError.
    """
    if method not in DISTANCES:
        raise UsageError(f"no distance {method!r}; use {', '.join(DISTANCES)}")
    size = len(series)
    result = np.zeros((size, size))
    if method == "absdiff":
        if any((one.rows, one.columns) != (series[0].rows, series[0].columns) for one in series):
            raise UsageError("the distance absdiff needs networks of the same labels; keep isolates or use spectral")
        cells = np.array([one.matrix.ravel() for one in series])
        for n in range(size):
            result[n] = np.abs(cells - cells[n]).sum(axis=1)
        return result
    spectra = [spectrum(one.matrix, compat) for one in series]
    for n, one in enumerate(spectra):
        for m in range(n):
            result[n, m] = result[m, n] = spectral_distance(one, spectra[m], compat)
    return result
