"""Principal directions and the rotation of iterative quantization (ITQ; Gong and Lazebnik, CVPR 2011).

The method ITQ consists of them; deep methods with ``init="itq"`` start from them.
"""

import numpy as np
from scipy.linalg import orthogonal_procrustes
from sklearn.decomposition import PCA

from mgah.errors import InputError
from mgah.methods.array_parameters import read_array
from mgah.methods.checks import check_varied

#: Width of features above which only the leading directions are computed: all of them would take far longer.
_FULL_DECOMPOSITION_WIDTH = 2000
#: Least number of directions that are computed, so that all shorter code lengths get the same ones to the last bit.
_COMMON_DIRECTIONS = 64
#: Share of the mean square of the features from which on that of their mean is subtracted first: scikit-learn subtracts
#: it from the products, which costs the covariance as many digits as the mean square exceeds the variance by, here
#: four. Below, where features of networks lie, the products keep their digits and are left as they are.
_LARGE_MEAN = 1 - 1e-4
#: Powers of two between which the squares of features keep all their digits in 64 bits.
_EXPONENTS = range(-300, 301)


def principal_directions(features: np.ndarray, n_directions: int) -> tuple[np.ndarray, np.ndarray]:
    """Principal component analysis of ``features``, float (n, d), by scikit-learn.

    A common offset changes the mean alone, and a common factor no direction, as far as 64-bit numbers hold the rest.

    Returns:
        The mean, float64 (d,), and the leading principal directions, float64 (d, n_directions): orthonormal columns in
        the order of falling variance, of each of which the entry of largest size is positive.

    Raises:
        InputError: where all rows are equal.

    Examples:
        >>> mean, directions = principal_directions(np.array([[0.0, 1.0], [2.0, 1.0], [4.0, 1.0]]), 1)
        >>> mean.tolist(), directions.round(6).tolist()
        ([2.0, 1.0], [[1.0], [0.0]])
    """
    check_varied("principal directions", features)
    n, d = features.shape
    n_components = min(max(n_directions, _COMMON_DIRECTIONS), n - 1, d)
    wide = d > _FULL_DECOMPOSITION_WIDTH and n_components < d  # not all directions can be had of arpack
    pca = PCA(
        n_components if wide else None, svd_solver="arpack" if wide else "covariance_eigh", random_state=0
    )
    rows, offset, exponent = _conditioned(np.asarray(features, dtype=np.float64))
    pca.fit(rows)
    mean = np.ldexp(offset + pca.mean_, exponent) if exponent or offset.any() else pca.mean_
    return mean, pca.components_[:n_directions].T.copy(order="K")


def _conditioned(features: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Rows (n, d), an offset (d,) and an exponent, all of which give ``features`` as (rows + offset) * 2^exponent.

    The covariance of these rows keeps its digits; ordinary features are returned as they are.
    """
    exponent = int(np.frexp(max(features.max(), -features.min()))[1])
    exponent = 0 if exponent in _EXPONENTS else exponent
    rows = np.ldexp(features, -exponent) if exponent else features
    mean = rows.mean(axis=0)
    if mean @ mean > _LARGE_MEAN * np.einsum("ij,ij->", rows, rows) / len(rows):
        return rows - mean, mean, exponent
    return rows, np.zeros_like(mean), exponent


def check_directions(who: str, n_bits: int, features: np.ndarray) -> None:
    """Raise `InputError` in the name of the method ``who`` where ``features`` (n, d) have fewer than ``n_bits``
    principal directions.

    Examples:
        >>> check_directions("ITQ", 2, np.zeros((3, 4)))
    """
    n, d = features.shape
    if n_bits > (most := min(n - 1, d)):
        raise InputError(
            f"{who}: n_bits is {n_bits}, expected at most {most}, the number of principal directions of {n} training "
            f"rows with {d} features: choose shorter codes"
        )


def random_rotation(n_bits: int, random: np.random.Generator) -> np.ndarray:
    """Draw an orthogonal matrix, float64 (n_bits, n_bits): the left singular vectors of a standard normal matrix.

    Examples:
        >>> rotation = random_rotation(3, np.random.default_rng(0))
        >>> bool(np.allclose(rotation @ rotation.T, np.eye(3)))
        True
    """
    return np.linalg.svd(random.standard_normal((n_bits, n_bits)))[0]


def checked_rotation(who: str, rotation: object, width: int) -> np.ndarray:
    """Return ``rotation`` as float64 (width, width) after checking it for the method ``who``.

    Raises:
        InputError: for a matrix of another shape, or one that is not orthogonal.

    Examples:
        >>> checked_rotation("ITQ", [[0, 1], [1, 0]], 2).tolist()
        [[0.0, 1.0], [1.0, 0.0]]
    """
    matrix = read_array(who, "initial_rotation", rotation, (width, width))
    if not np.allclose(matrix @ matrix.T, np.eye(width)):
        raise InputError(
            f"{who}: initial_rotation is no rotation, expected an orthogonal matrix: its rows have other lengths than "
            "1, or are not at right angles"
        )
    return matrix


def iterative_quantization(
    projected: np.ndarray, rotation: np.ndarray, iterations: int
) -> tuple[np.ndarray, list[float]]:
    """Minimize ||B - V R||^2 over codes B and rotations R in turn (Gong and Lazebnik, CVPR 2011).

    Args:
        projected: V, centered features on their principal directions, float64 (n, n_bits).
        rotation: R at the start, orthogonal (n_bits, n_bits).
        iterations: how many times both are updated.

    Returns:
        The last rotation, float64 (n_bits, n_bits), and the objective after every half-step (codes, rotation, codes,
        ...), which never rises; infinity where the squares of V are too large for 64 bits.

    Examples:
        >>> projected = np.random.default_rng(0).standard_normal((20, 2))
        >>> rotation, objective = iterative_quantization(projected, np.eye(2), 5)
        >>> rotation.shape, bool(np.all(np.diff(objective) <= 1e-9))
        ((2, 2), True)
    """
    energy, objective = _sum_of_squares(projected), []
    for _ in range(iterations):
        rotated = projected @ rotation
        codes = np.where(rotated >= 0, 1.0, -1.0)
        objective.append(_sum_of_squares(codes - rotated))
        rotation, nuclear_norm = orthogonal_procrustes(projected, codes)
        objective.append(codes.size + energy - 2 * float(nuclear_norm))
    return rotation, objective


def _sum_of_squares(values: np.ndarray) -> float:
    with np.errstate(over="ignore"):
        return float((values**2).sum())
