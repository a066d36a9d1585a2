"""Codes of classes that are fixed before training: what the methods with hash centers aim at."""

from math import comb

import numpy as np

from mgah.baselines._hadamard import hadamard, orthogonal_codes
from mgah.errors import InputError

_DRAWS = 10_000  # rejected codes after which the asked distance is lowered
_BALANCED_DRAWS = 20


def bernoulli_codes(classes: int, n_bits: int, random: np.random.Generator) -> np.ndarray:
    """Random codes of -1 and +1, all different, float64 (classes, n_bits): the first new ones of a stream of draws.

    Raises:
        InputError: where ``n_bits`` bits have fewer codes than there are classes.

    Examples:
        >>> bernoulli_codes(3, 4, np.random.default_rng(0)).shape
        (3, 4)
    """
    check_room(classes, n_bits)
    found: list[np.ndarray] = []
    while len(found) < classes:
        code = random.choice([-1.0, 1.0], n_bits)
        if not any((code == other).all() for other in found):
            found.append(code)
    return np.array(found)


def separated_codes(classes: int, n_bits: int, random: np.random.Generator) -> np.ndarray:
    """Random codes far apart, float64 (classes, n_bits): each differs from those before in 61 % of the bits or more.

    After 10,000 draws in vain the share falls by one hundredth (Hoe et al., NeurIPS 2021). The classes' order is drawn.

    Raises:
        InputError: where ``n_bits`` bits have fewer codes than there are classes.

    Examples:
        >>> from itertools import combinations
        >>> codes = separated_codes(4, 16, np.random.default_rng(0))
        >>> min(int((a != b).sum()) for a, b in combinations(codes, 2)) >= 9
        True
    """
    check_room(classes, n_bits)
    found, percent = np.empty((0, n_bits)), 61
    while len(found) < classes:
        draws = random.choice([-1.0, 1.0], (_DRAWS, n_bits))
        while len(found) < classes:
            distances = (n_bits - draws @ found.T) / 2
            apart = (100 * distances >= max(percent, 1) * n_bits).all(axis=1) & distances.all(axis=1)
            if not apart.any():
                break
            first = int(apart.argmax())
            found, draws = np.vstack([found, draws[first]]), draws[first + 1 :]
        percent -= 1
    return random.permutation(found)


def hadamard_codes(classes: int, n_bits: int, random: np.random.Generator) -> np.ndarray:
    """Different rows of a Hadamard matrix H and of -H, float64 (classes, n_bits); balanced random codes where none fit.

    Up to K = ``n_bits`` classes get rows of H with random signs, up to 2 K classes random rows of [H; -H], the columns
    of which get random signs: any two differ in half of the bits or in all (Yuan et al., CVPR 2020, take the first
    rows). More classes, or a length without a constructed matrix, get codes with as many +1 as -1: of twenty draws the
    one whose closest pair is farthest apart (the authors draw until that distance is above K / 4). Where a code repeats
    even in that one, it is drawn again.

    Raises:
        InputError: where ``n_bits`` bits have fewer codes than there are classes, or fewer balanced ones where those
            are drawn.

    Examples:
        >>> codes = hadamard_codes(4, 8, np.random.default_rng(0))
        >>> bool((codes @ codes.T == 8 * np.eye(4)).all())
        True
        >>> codes = hadamard_codes(12, 8, np.random.default_rng(0))
        >>> np.unique(codes @ codes.T).tolist()
        [-8.0, 0.0, 8.0]
    """
    check_hadamard_room(classes, n_bits)
    codes = orthogonal_codes(classes, n_bits, random)
    if codes is not None:
        return codes
    matrix = hadamard(n_bits) if classes <= 2 * n_bits else None
    if matrix is not None:
        rows = np.vstack([matrix, -matrix])[random.permutation(2 * n_bits)[:classes]]
        return rows * random.choice([-1.0, 1.0], n_bits)
    return _balanced_codes(classes, n_bits, random)


def _balanced_codes(classes: int, n_bits: int, random: np.random.Generator) -> np.ndarray:
    """Different codes with as many +1 as -1, or one fewer where ``n_bits`` is odd: the best of twenty draws."""
    ones = np.where(np.arange(n_bits) < n_bits // 2, 1.0, -1.0)
    draws = [random.permuted(np.tile(ones, (classes, 1)), axis=1) for _ in range(_BALANCED_DRAWS)]
    found: dict[bytes, np.ndarray] = {code.tobytes(): code for code in max(draws, key=smallest_distance)}
    while len(found) < classes:  # few bits: even the best draw repeats a code
        code = random.permuted(ones)
        found.setdefault(code.tobytes(), code)
    return np.array(list(found.values()))


def smallest_distance(codes: np.ndarray) -> int:
    """The Hamming distance of the closest two of ``codes``, float (classes, n_bits) of -1 and +1, at least two rows.

    Examples:
        >>> smallest_distance(np.array([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]]))
        1
    """
    distances = (codes.shape[1] - codes @ codes.T) / 2
    return int(distances[~np.eye(len(codes), dtype=bool)].min())


def can_tell_apart(classes: int, n_bits: int) -> bool:
    """Whether ``n_bits`` bits have as many different codes as there are ``classes``.

    Examples:
        >>> can_tell_apart(5, 2), can_tell_apart(4, 2), can_tell_apart(4, 2000)
        (False, True, True)
    """
    return classes <= 2 ** int(n_bits)  # integers: 2.0**1024 is no number


def check_room(classes: int, n_bits: int) -> None:
    """Raise `InputError` where ``n_bits`` bits have fewer codes than there are ``classes``.

    Examples:
        >>> check_room(4, 2)
    """
    if not can_tell_apart(classes, n_bits):
        raise InputError(f"{n_bits} bits have no {classes} different codes: choose longer codes")


def check_hadamard_room(classes: int, n_bits: int) -> None:
    """Raise `InputError` where `hadamard_codes` has no codes of ``n_bits`` bits for as many ``classes``.

    Examples:
        >>> check_hadamard_room(8, 4)  # rows of [H; -H]
    """
    check_room(classes, n_bits)
    if comb(n_bits, n_bits // 2) < classes and (classes > 2 * n_bits or hadamard(n_bits) is None):
        raise InputError(
            f"{n_bits} bits have no {classes} different codes with as many +1 as -1: choose longer codes"
        )
