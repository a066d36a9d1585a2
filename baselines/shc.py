"""SHC: hash centers as far apart as the classes are different (Chen et al., TOIS 2025), reconstructed."""

from collections.abc import Mapping, Sequence
from math import comb
from typing import ClassVar

import numpy as np

from mgah.baselines._targets import check_room, separated_codes, smallest_distance
from mgah.baselines.csq import CenterObjective
from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.objective import Objective
from mgah.semantics.store import TOLERANCE, ClassSemantics


class SHC(DeepHashing):
    """CSQ's loss with centers whose inner products follow the similarity of the seen classes.

    Centers keep a least distance from each other. Reconstructed: the similarity is the class semantics', where the
    authors take a classifier's confusion; it is centered by one mean and scaled by one factor, where their program
    takes those of each row; and centers come from single flips of bits, where they relax the codes. Features are not
    centered here, as those of `mgah.baselines.csq.CSQ` are.

    Args:
        quantization: weight of the mean of (|tanh(z)| - 1)^2; the authors' 0.0001.
        **training: see `mgah.methods.deep.base.DeepHashing`.

    Examples:
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = SHC(n_bits=8, trunk=8, epochs=2, device="cpu").fit(features, labels, semantics)
        >>> method.encode(features).shape
        (40, 8)
    """

    label = "SHC (reconstruction)"
    draws_by_class = True
    quick_parameters: ClassVar[Mapping[str, object]] = {"epochs": 2, "trunk": 16, "device": "cpu", "lr": 0.01}
    notes = (
        "SHC is a reconstruction: class similarity is the class semantics', centered and scaled as a whole and not by "
        "row, and centers are found by flips of bits",
    )

    def __init__(self, *, quantization: float = 1e-4, **training) -> None:
        super().__init__(**training)
        self.quantization = quantization

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_bounds({"quantization": (0, np.inf)})
        check_room(int(labels.max()) + 1, self.n_bits)

    @classmethod
    def _objective(
        cls, methods: Sequence["SHC"], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> Objective:
        targets = centered_similarity(np.asarray(semantics.similarity, dtype=np.float64))
        centers = [
            semantic_centers(
                separated_codes(len(targets), method.n_bits, method.stream("centers")),
                targets,
                least_distance(method.n_bits, len(targets)),
            )
            for method in methods
        ]
        return CenterObjective(centers, methods[0].quantization)


def least_distance(n_bits: int, classes: int) -> int:
    """The distance that ``classes`` centers of ``n_bits`` bits should keep: a sphere-packing bound.

    The smallest i with sum over j < i of binom(n_bits, j) of at least 2^n_bits / classes.

    Examples:
        >>> [least_distance(bits, 9) for bits in (8, 16, 32, 48, 64)]
        [3, 7, 14, 21, 28]
    """
    volume, i = 0, 0
    while volume * classes < 2 ** int(n_bits):
        volume += comb(n_bits, i)
        i += 1
    return i


def centered_similarity(similarity: np.ndarray) -> np.ndarray:
    """Class ``similarity`` (c, c) less the mean of the entries beside the diagonal, scaled to at most 1; diagonal 1.

    The inner products of centers can be negative, and similarities of classes seldom are. The mean and the scale are
    those of the whole matrix, which so stays symmetric; the authors' program takes those of each row. Where the entries
    beside the diagonal are equal but for rounding, up to `mgah.semantics.store.TOLERANCE` of the largest similarity, no
    class is nearer than another and all are 0.

    Examples:
        >>> centered_similarity(np.array([[1.0, 0.2, 0.4], [0.2, 1.0, 0.6], [0.4, 0.6, 1.0]])).round(6).tolist()
        [[1.0, -1.0, 0.0], [-1.0, 1.0, 1.0], [0.0, 1.0, 1.0]]
    """
    beside = ~np.eye(len(similarity), dtype=bool)
    centered = similarity - similarity[beside].mean()
    largest = np.abs(centered[beside]).max()
    differ = largest > TOLERANCE * np.abs(similarity).max()
    centered = centered / largest if differ else np.zeros_like(centered)
    np.fill_diagonal(centered, 1.0)
    return centered


def semantic_centers(codes: np.ndarray, targets: np.ndarray, least: int) -> np.ndarray:
    """Flip single bits of ``codes`` as long as that lowers the sum over pairs of (S_cc' - <h_c, h_c'> / K)^2.

    No flip brings two codes closer than ``least``, or than the closest two were at the start. Classes and bits are
    tried in turn; the result depends on the start alone.

    Args:
        codes: -1 and +1, float64 (c, K).
        targets: S, symmetric, float64 (c, c); its diagonal does not count.
        least: Hamming distance to keep.

    Returns:
        New codes, float64 (c, K).

    Examples:
        >>> start = np.array([[1.0, 1.0, 1.0, -1.0], [1.0, -1.0, 1.0, 1.0]])
        >>> codes = semantic_centers(start, targets=np.array([[1.0, -1.0], [-1.0, 1.0]]), least=1)
        >>> float(codes[0] @ codes[1])
        -4.0
    """
    codes, n_bits = codes.copy(), codes.shape[1]
    least = min(least, smallest_distance(codes))
    products = codes @ codes.T
    improved = True
    while improved:
        improved = False
        for row, others in enumerate(~np.eye(len(codes), dtype=bool)):
            for bit in range(n_bits):
                flipped = products[row] - 2 * codes[row, bit] * codes[:, bit]
                gain = (targets[row] - products[row] / n_bits) ** 2 - (targets[row] - flipped / n_bits) ** 2
                close = n_bits - flipped[others].max() < 2 * least
                if gain[others].sum() > 1e-12 and not close:
                    codes[row, bit] *= -1
                    flipped[row] = n_bits
                    products[row], products[:, row] = flipped, flipped
                    improved = True
    return codes
