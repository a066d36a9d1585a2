"""The contract of a backbone: images in, features out, and what it has seen before.

A backbone lives in one module of this package or outside it, named like the word that configs use for it
(`mgah.registry`).
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from mgah.errors import InputError
from mgah.needs import Need


@dataclass(frozen=True)
class Engine:
    """What runs a backbone's forward pass.

    Attributes:
        name: ``numpy``, ``torch`` or ``openvino``.
        device: ``cpu``, ``cuda`` or ``mps``.
        batch_size: images in every batch; the last one is padded, so that every row is computed alike.
        forward: float32 (batch_size, *input_shape) to float32 (batch_size, dimension); may be called by several
            threads at once.
    """

    name: str
    device: str
    batch_size: int
    forward: Callable[[np.ndarray], np.ndarray]


class Backbone(ABC):
    """A frozen network, or another fixed map, from one image to one feature vector.

    Subclasses take the constructor argument ``weights``, a file, a folder that holds (or gets) the published
    file, or None, and keyword-only options of their own. A backbone that needs weights and gets none, or cannot
    use what it got, raises `InputError`.
    """

    #: The word for this backbone in configs: `mgah.registry.load` sets it.
    name: str
    #: Number of values in a feature vector.
    dimension: int
    #: Number of values of its network up to the features, a literal: what a model that was trained end to end holds.
    n_weights: ClassVar[int] = 0
    #: How the values are stored: ``float32``, ``float16`` (feature maps) or ``uint8`` (pixels).
    dtype: str = "float32"
    #: Shape of a preprocessed image, (c, h, w); (dimension,) where features come ready.
    input_shape: tuple[int, ...]
    #: Sentences that belong beside every number made from these features.
    notes: tuple[str, ...] = ()
    #: Those of them that speak of the weights, and stay true where layers of the network are trained along.
    weights_notes: tuple[str, ...] = ()
    #: Name and SHA-256 of the weights file in use; empty where there are no weights.
    weights_file: str = ""
    weights_sha256: str = ""
    #: How deep methods can train this network along, a literal: ``tail``, what follows its maps; ``all`` of it.
    trains: ClassVar[tuple[str, ...]] = ()
    #: Mean and deviation per channel (r, g, b), in units of 0 to 255, that the input of a torch network is scaled by.
    pixel_mean: ClassVar[tuple[float, ...]]
    pixel_deviation: ClassVar[tuple[float, ...]]

    @abstractmethod
    def __init__(self, weights: Path | None = None) -> None:
        """Load the weights."""

    @classmethod
    def needs(cls, weights: str | None) -> tuple[Need, ...]:
        """What must lie in the data folder; ``weights`` as in the config. Default: ``weights``, if any."""
        if not weights:
            return ()
        how = f"{weights} into the data folder"
        return (Need(f"weights of {cls.name}", "of this network", "its training", how, (weights,)),)

    def preprocess(self, image: np.ndarray) -> np.ndarray:
        """Prepare one image, as a dataset loads it, to float32 `input_shape`; any thread may call it.

        An image is uint8 (h, w, 3), RGB, but for a backbone that takes published features in its place.

        Raises:
            InputError: for an image of another type or shape.
        """
        self._check_image(image)
        return self._preprocess(image)

    def as_maps(self) -> "Backbone":
        """What is stored for methods that train the tail of this network: it up to its feature maps, as rows.

        Raises:
            InputError: for a backbone without a tail.
        """
        raise InputError(
            f"backbone {self.name} has no feature maps to train from: trainable tail is not for it"
        )

    @abstractmethod
    def forward(self, batch: np.ndarray) -> np.ndarray:
        """Features of preprocessed images, plainly: float32 (n, *input_shape) to float32 (n, dimension)."""

    @abstractmethod
    def training_classes(self) -> tuple[str, ...]:
        """WordNet 3.0 noun ids (``n01440764``) of what the weights in use were trained on, for leak marks."""

    def fingerprint(self) -> str:
        """Hexadecimal SHA-256 over the name, the weights file and the preprocessing.

        The preprocessing counts by what it does: its output on a fixed image is hashed.
        """
        digest = hashlib.sha256(f"{self.name} {self.weights_sha256} ".encode())
        digest.update(np.ascontiguousarray(self.preprocess(self._probe())).tobytes())
        return digest.hexdigest()

    def engine(
        self, device: str = "auto", threads: int = 1, batch_size: int | None = None, kind: str = "auto"
    ) -> Engine:
        """The engine that serves this backbone best.

        Args:
            device: ``auto`` (cuda, then mps, then cpu) or one of them.
            threads: CPU cores to use.
            batch_size: None for the engine's own.
            kind: ``auto`` or the name of one engine.

        Raises:
            InputError: for a device or an engine that this backbone or this machine does not have.
        """
        if device not in ("auto", "cpu") or kind not in ("auto", "numpy"):
            raise InputError(
                f"{self.name} runs with numpy on the cpu, got the device {device} and the engine {kind}: "
                "set both to auto"
            )
        return Engine("numpy", "cpu", batch_size or 256, self.forward)

    def _check_image(self, image: np.ndarray) -> None:
        """Refuse what is no image."""
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
            raise InputError(
                f"{self.name}: an image is {image.dtype} of shape {image.shape}, "
                "expected uint8 of shape (h, w, 3)"
            )

    @classmethod
    def example_weights(cls, folder: Path) -> Path | None:
        """Small or random weights to build it with in tests, written to ``folder``. Default: None, it needs none."""
        return None

    def example_images(self, n: int) -> list[np.ndarray]:
        """``n`` different images as its datasets load them, for tests. Default: uint8 RGB of two sizes."""
        random = np.random.default_rng(7)
        coarse = [random.integers(0, 256, (4, 4, 3), dtype=np.uint8) for _ in range(n)]
        return [
            np.kron(image, np.ones((8, 8 + 8 * (number % 2), 1), np.uint8))
            for number, image in enumerate(coarse)
        ]

    def _probe(self) -> np.ndarray:
        """A fixed image, not square and with many frequencies, on which preprocessings differ."""
        row, column, channel = np.ogrid[:48, :37, :3]
        return ((row * column * 7 + row * 31 + column * 57 * (channel + 1)) % 256).astype(np.uint8)

    @abstractmethod
    def _preprocess(self, image: np.ndarray) -> np.ndarray:
        """Prepare one checked image."""
