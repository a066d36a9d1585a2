"""Control: codes that know nothing of the image; they must score the chance level."""

import hashlib

import numpy as np

from mgah.methods.base import HashingMethod


class RandomCodes(HashingMethod):
    """Bits of a cryptographic hash of the feature row: uniform, independent, and the same for the same row.

    A draw per call would make the code of an image depend on the batch it is encoded in; a hash does not.

    Args:
        n_bits: code length.
        random_state: key of the hash.

    Examples:
        >>> from mgah.semantics.store import ClassSemantics
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = RandomCodes(n_bits=4).fit(features, labels, semantics)
        >>> method.encode(features).shape
        (40, 4)
    """

    label = "Random codes"
    control = True
    uses_labels = False
    uses_semantics = False
    notes = ("control: random codes score the chance level",)

    def __init__(self, *, n_bits: int = 32, random_state: int = 0) -> None:
        self.n_bits = n_bits
        self.random_state = random_state

    def _fit(self, features: np.ndarray, labels: np.ndarray, semantics) -> None:
        """Nothing is learned."""

    def _encode(self, features: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):  # all numbers too large for float32 count as one
            rows = np.ascontiguousarray(features, dtype="<f4")
        key = hashlib.shake_256(str(self.random_state).encode())
        width = -(-self.n_bits // 8)
        packed = np.empty((len(rows), width), dtype=np.uint8)
        for row, place in zip(rows, packed, strict=True):
            digest = key.copy()
            digest.update(row)
            place[:] = np.frombuffer(digest.digest(width), dtype=np.uint8)
        bits = np.unpackbits(packed, axis=1, count=self.n_bits)
        return np.where(bits, np.int8(1), np.int8(-1))
