"""Reference line without codes: cosine similarity of the features themselves."""

import numpy as np

from mgah.methods.base import HashingMethod
from mgah.methods.normalization import l2_rows


class Cosine(HashingMethod):
    """Unit-length feature rows, ranked by cosine: what the features give before any bit is spent.

    A reference line, not a bound: centering or learning can do better. ``encode`` gives float32 rows
    (``binary = False``); the parameters of a coder are taken and not used.

    Args:
        n_bits: not used; the line has no code length.
        random_state: not used; nothing is drawn.
    """

    label = "No coding (cosine)"
    notes = ("reference line: float features, no codes",)
    binary = False

    def __init__(self, *, n_bits: int = 1, random_state: int = 0) -> None:
        self.n_bits = n_bits
        self.random_state = random_state

    def _fit(self, features: np.ndarray, labels: np.ndarray, semantics) -> None:
        """Nothing is learned."""

    def _encode(self, features: np.ndarray) -> np.ndarray:
        return l2_rows(np.asarray(features, dtype=np.float32))
