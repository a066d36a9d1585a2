"""Spectral Hashing: eigenfunctions of a uniform distribution on principal directions (Weiss et al., NeurIPS 2008)."""

import math
from collections.abc import Sequence

import numpy as np

from mgah.errors import InputError
from mgah.methods.checks import check_varied
from mgah.methods.quantization import principal_directions
from mgah.methods.signs_of_outputs import SignsOfOutputs


class SpectralHashing(SignsOfOutputs):
    """Signs of the cosines of lowest frequency along principal directions, whose training range is one half-wave.

    The features are taken to be uniform in a box. Outside the training range, where images of unseen classes may lie,
    the cosine goes on: such an image gets the bits of one inside. From about 32 bits on most bits are higher
    frequencies of the widest direction.

    Args:
        n_bits: code length K.
        random_state: not used; nothing is drawn.

    Attributes:
        mean_: training mean, float64 (d,).
        directions_: principal directions, float64 (d, min(K, n - 1, d)).
        lowest_: least training projection on each, float64.
        axis_: the direction of each bit, int64 (K,).
        frequency_: omega of each bit, float64 (K,), ascending.

    Examples:
        >>> features = np.random.default_rng(0).standard_normal((40, 8))
        >>> SpectralHashing(n_bits=4).fit(features).encode(features).shape
        (40, 4)
    """

    label = "SH"
    deterministic = True
    uses_labels = False
    uses_semantics = False

    def __init__(self, *, n_bits: int = 32, random_state: int = 0) -> None:
        self.n_bits = n_bits
        self.random_state = random_state

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        if len(features) < 2:
            raise InputError("SpectralHashing: there is 1 training row, expected two or more that differ")
        check_varied("SpectralHashing", features)

    @classmethod
    def _fit_many(
        cls, methods: Sequence["SpectralHashing"], features: np.ndarray, labels: np.ndarray, semantics
    ) -> None:
        most = min(len(features) - 1, features.shape[1])
        mean, directions = principal_directions(features, min(most, max(method.n_bits for method in methods)))
        projected = (features - mean) @ directions
        lowest = projected.min(axis=0)
        spans = projected.max(axis=0) - lowest
        for method in methods:
            axes = min(method.n_bits, most)
            method.mean_, method.directions_, method.lowest_ = mean, directions[:, :axes], lowest[:axes]
            method.axis_, method.frequency_ = lowest_modes(spans[:axes], method.n_bits)

    def _outputs(self, features: np.ndarray) -> np.ndarray:
        offsets = (features - self.mean_) @ self.directions_ - self.lowest_
        return np.cos(self.frequency_ * offsets[:, self.axis_])


def lowest_modes(spans: np.ndarray, n_bits: int) -> tuple[np.ndarray, np.ndarray]:
    """The ``n_bits`` cosines of lowest frequency m pi / R_i in a box of side lengths ``spans`` R, float64 (p,).

    Of a direction the modes 1 to ceil((K + 1) R_i / max R) - 1 are candidates. Equal frequencies stand in the order of
    directions. Returns the directions, int64 (n_bits,), and the frequencies, float64 (n_bits,), ascending.

    Examples:
        >>> axes, frequencies = lowest_modes(np.array([4.0, 2.0, 1.0]), 4)
        >>> axes.tolist(), (frequencies**2).round(4).tolist()
        ([0, 0, 1, 0], [0.6169, 2.4674, 2.4674, 5.5517])
    """
    counts = [math.ceil((n_bits + 1) * span / spans.max()) - 1 for span in spans]
    axes = np.repeat(np.arange(len(spans)), np.maximum(counts, 0))
    modes = np.concatenate([np.arange(1, max(count, 0) + 1) for count in counts])
    frequencies = modes * np.pi / spans[axes]
    order = np.argsort(frequencies, kind="stable")[:n_bits]
    return axes[order], frequencies[order]
