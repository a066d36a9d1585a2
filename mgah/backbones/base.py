"""The contract of a backbone: images in, features out, and which classes its weights were trained on.

A backbone is one class in a module of this package or in a file outside the project; its name in a config is the
module's (`mgah.registry`).
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from mgah.errors import InputError
from mgah.needs import Need

#: Longest side in pixels that images are resized to, and most images in a batch.
MAX_SIZE, MAX_BATCH = 1 << 13, 1 << 16


@dataclass(frozen=True)
class Engine:
    """A library and a device that compute a backbone's features.

    Attributes:
        name: the library, ``numpy``, ``torch`` or ``openvino``.
        device: ``cpu``, ``cuda`` or ``mps``.
        batch_size: images in a batch; the last batch is padded to it, so that every row is computed alike.
        forward: maps float32 (batch_size, *input_shape) to float32 (batch_size, dimension); several threads may call it
            at once.
    """

    name: str
    device: str
    batch_size: int
    forward: Callable[[np.ndarray], np.ndarray]


class Backbone(ABC):
    """A frozen network, or another fixed map, from one image to one feature vector.

    Subclasses take the constructor argument ``weights`` (a file, a folder that holds the published file or that it is
    downloaded to, or None) and keyword-only options of their own. A backbone that needs weights and gets none, or gets
    some that it cannot use, raises `InputError`.
    """

    #: Name in the registry; `mgah.registry.load` sets it.
    name: str
    #: Number of values in a feature vector.
    dimension: int
    #: Number of weights of the network up to the features: what a model that was trained end to end holds. A literal.
    n_weights: ClassVar[int] = 0
    #: Number of values of an image's feature maps at the default size, where ``trains`` has ``tail``. A literal.
    n_map_values: ClassVar[int] = 0
    #: The dtype in which values are stored: ``float32``, ``float16`` (feature maps) or ``uint8`` (pixels).
    dtype: str = "float32"
    #: Shape of a preprocessed image, (c, h, w), or (dimension,) for a backbone that takes published features.
    input_shape: tuple[int, ...]
    #: Sentences that belong beside every number made from these features.
    notes: tuple[str, ...] = ()
    #: Those of `notes` that are about the weights; they stay true where a method trains layers of the network.
    weights_notes: tuple[str, ...] = ()
    #: Name and SHA-256 of the weights file in use; empty without weights.
    weights_file: str = ""
    weights_sha256: str = ""
    #: Values of the parameter ``trainable`` with which deep methods can train this network: ``tail``, the layers after
    #: its feature maps; ``all``, the whole network. A literal.
    trains: ClassVar[tuple[str, ...]] = ()
    #: Mean and standard deviation of each channel (r, g, b), in units of 0 to 255, that a network's input is scaled by.
    pixel_mean: ClassVar[tuple[float, ...]]
    pixel_deviation: ClassVar[tuple[float, ...]]

    @abstractmethod
    def __init__(self, weights: Path | None = None) -> None:
        """Load the weights."""

    @classmethod
    def needs(cls, weights: str | None, **options: object) -> tuple[Need, ...]:
        """List what must lie in the data folder, without looking; ``weights`` is the config's value, or None.

        ``options`` are those of the constructor.

        By default that is the file ``weights``, if one is given.
        """
        if not weights:
            return ()
        how = f"{weights} into the data folder"
        return (Need(f"weights of {cls.name}", "of this network", "its training", how, (weights,)),)

    def preprocess(self, image: np.ndarray) -> np.ndarray:
        """Prepare one image for the network: float32 of `input_shape`. Several threads may call it at once.

        ``image`` is what a dataset loads: uint8 (h, w, 3), RGB, or a float32 vector for a backbone that takes published
        features.

        Raises:
            InputError: for an image of another type or shape.
        """
        self._check_image(image)
        return self._preprocess(image)

    def as_maps(self) -> Self:
        """Return a backbone that ends at the feature maps, as rows, which methods that train the tail take.

        Raises:
            InputError: for a backbone without a tail.
        """
        if "tail" not in self.trains:
            raise InputError(
                f"backbone {self.name} has no feature maps to train from: trainable tail is not for it"
            )
        return self._as_maps()

    @abstractmethod
    def forward(self, batch: np.ndarray) -> np.ndarray:
        """Compute the features, float32 (n, dimension), of preprocessed images, float32 (n, *input_shape).

        This is the plain computation, which the tests compare each `engine` with.
        """

    @abstractmethod
    def training_classes(self) -> tuple[str, ...] | None:
        """Return the WordNet 3.0 noun ids (``n01440764``) of the classes that the weights in use were trained on.

        Leak marks are made from them (`mgah.leaks`); None where the classes are not known.
        """

    def fingerprint(self) -> str:
        """Return the SHA-256, hexadecimal, of the name, the weights and the preprocessing's output on a fixed image."""
        digest = hashlib.sha256(f"{self.name} {self.weights_sha256} ".encode())
        digest.update(np.ascontiguousarray(self.preprocess(self._probe())).tobytes())
        return digest.hexdigest()

    def engine(
        self, device: str = "auto", threads: int = 1, batch_size: int | None = None, kind: str = "auto"
    ) -> Engine:
        """Return the engine that computes this backbone's features fastest.

        Args:
            device: ``cuda``, ``mps``, ``cpu``, or ``auto``, the first of these that is there.
            threads: number of CPU cores to use.
            batch_size: images in a batch; None for the engine's default.
            kind: name of the engine, or ``auto``.

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
        """Raise `InputError` for what is no image."""
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
            raise InputError(
                f"{self.name}: an image is {image.dtype} of shape {image.shape}, "
                "expected uint8 of shape (h, w, 3)"
            )

    @classmethod
    def example_weights(cls, folder: Path) -> Path | None:
        """Write small or random weights for tests to ``folder`` and return their file; None where none are needed."""
        return None

    @classmethod
    def example_options(cls) -> dict[str, object]:
        """Return the constructor options that go with `example_weights`; by default none."""
        return {}

    def example_images(self, n: int) -> list[np.ndarray]:
        """Return ``n`` different images for tests, as datasets load them; by default uint8 RGB of two sizes."""
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

    def _as_maps(self) -> Self:
        """Return a backbone that ends at the feature maps; only where ``trains`` has ``tail``."""
        raise TypeError(f"{type(self).__name__} trains its tail and has no _as_maps")

    @abstractmethod
    def _preprocess(self, image: np.ndarray) -> np.ndarray:
        """Prepare one checked image."""
