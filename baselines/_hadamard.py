"""Hadamard matrices and class codes drawn from their rows, all at equal Hamming distance (DOPH)."""

import numpy as np
from scipy.linalg import hadamard as sylvester

#: Draws of rows and signs in search of codes without a constant bit.
_DRAWS = 100


def hadamard(order: int) -> np.ndarray | None:
    """A matrix of -1 and +1 with orthogonal rows, float64 (order, order), or None where none is constructed here.

    Sylvester for powers of two, Paley for a prime ``order`` - 1 that leaves 3 when divided by 4, and doubling.
    """
    if order >= 1 and order & (order - 1) == 0:
        return sylvester(order, dtype=float)
    if _is_prime(order - 1) and (order - 1) % 4 == 3:
        return _paley(order - 1)
    half = hadamard(order // 2) if order % 2 == 0 and order > 2 else None
    return None if half is None else np.kron(sylvester(2, dtype=float), half)


def orthogonal_codes(classes: int, n_bits: int, random: np.random.Generator) -> np.ndarray | None:
    """Class codes of -1 and +1 with H H^T = K I, float64 (classes, n_bits), or None where there are none.

    Rows of a Hadamard matrix with random signs. A bit that is the same for all classes is lost: the draw with the
    fewest of a hundred is taken, which from six classes on has none.
    """
    matrix = hadamard(n_bits) if classes <= n_bits else None
    if matrix is None:
        return None
    best, fewest = None, n_bits + 1
    for _ in range(_DRAWS):
        codes = matrix[random.permutation(n_bits)[:classes]] * random.choice([-1.0, 1.0], (classes, 1))
        constant = int((codes == codes[0]).all(axis=0).sum())
        if constant < fewest:
            best, fewest = codes, constant
        if fewest == 0:
            break
    return best


def _paley(q: int) -> np.ndarray:
    """Paley's first construction: I + S with S skew, its core the quadratic residues of differences modulo q."""
    residue = np.full(q, -1.0)
    residue[np.arange(1, q) ** 2 % q] = 1.0
    residue[0] = 0.0
    numbers = np.arange(q)
    matrix = np.ones((q + 1, q + 1))
    matrix[1:, 0] = -1.0
    matrix[1:, 1:] = residue[(numbers[:, None] - numbers) % q] + np.eye(q)
    return matrix


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))
