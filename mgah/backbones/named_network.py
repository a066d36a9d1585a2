"""The base of backbones that are networks of another package by name: weights, their transform, and notes."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from mgah.backbones.base import MAX_SIZE
from mgah.backbones.torch_network import TorchNetwork
from mgah.backbones.vectors import TRAINED_ON
from mgah.backbones.weights_card import read_weights_card
from mgah.datasets.imagenet1k import imagenet1k_classes
from mgah.errors import InputError

#: The sentence on the weights of a network by what they were trained on.
_WORDS = TRAINED_ON | {
    "unknown": "What the backbone was trained on is not known class by class: it may have seen unseen classes.",
    "imagenet1k": "The backbone was trained on ImageNet-1K, whose classes it has seen.",
}


class NamedNetwork(TorchNetwork):
    """A network of another package, by name, with the transform of its own weights; frozen.

    A subclass's constructor takes ``weights``, ``model``, ``image_size`` and ``trained_on``, loads the weights, sets
    ``name`` and calls this constructor.

    Args:
        network: the network up to the features.
        transform: the transform of its weights.
        description: sentence that says which layer of which network the features are.
        trained_on: what the weights were trained on, where they have no card.
        weights_file: name of the weights.
        weights_sha256: their SHA-256.
        file: their local file, where there is one, whose card says what they were trained on.
    """

    #: The model, with its weights after a point where there are some.
    model: str
    _transform: Callable[[Image.Image], Tensor]
    _training_classes: tuple[str, ...] | None
    #: Model of `example_weights`, a small one.
    example_model: ClassVar[str]

    def __init__(
        self,
        network: nn.Module,
        transform: Callable[[Image.Image], Tensor],
        *,
        description: str,
        trained_on: str,
        weights_file: str,
        weights_sha256: str,
        file: Path | None,
    ) -> None:
        self.network, self._transform = network.eval().requires_grad_(False), transform
        self.weights_file, self.weights_sha256 = weights_file, weights_sha256
        self.input_shape = self._transform(Image.new("RGB", (32, 32))).shape
        self.dimension = self._width()
        card = read_weights_card(file, self.weights_sha256) if file else None
        if card:
            self._training_classes, seen = tuple(card["training_classes"]), tuple(card["notes"])
        else:
            known: Mapping[str, tuple[str, ...]] = {"imagenet1k": imagenet1k_classes(), "nothing": ()}
            self._training_classes, seen = known.get(trained_on), (_WORDS[trained_on],)
        size = " x ".join(map(str, self.input_shape[1:]))
        self.weights_notes = (
            f"The backbone's weights are {self.weights_file}, SHA-256 {self.weights_sha256}; it sees {size} pixels.",
            *seen,
        )
        self.notes = (description, *self.weights_notes)

    def training_classes(self) -> tuple[str, ...] | None:
        return self._training_classes

    @classmethod
    def example_options(cls) -> dict[str, object]:
        return {"model": cls.example_model}

    def _width(self) -> int:
        """The number of features, by a trial; an `InputError` for a network that does not take the input."""
        try:
            with torch.inference_mode():
                features = self.network(torch.zeros(1, *self.input_shape))
        except Exception as error:  # each network refuses in its own way
            reason = str(error).strip().split("\n")[0][:160]
            raise InputError(
                f"{self.name} does not take images of {self.input_shape[-1]} pixels ({reason}): leave image_size "
                "out, or give another"
            ) from error
        if not isinstance(features, Tensor) or features.ndim != 2:
            raise InputError(
                f"{self.name} makes no vector of an image, expected a model that does: take another"
            )
        return features.shape[1]

    def _preprocess(self, image: np.ndarray) -> np.ndarray:
        return self._transform(Image.fromarray(image)).numpy()


def check_options(who: str, image_size: object, trained_on: object) -> None:
    """Raise `InputError` for values of the two options that no network takes; None is for the weights' own."""
    is_side = type(image_size) is int and 1 <= image_size <= MAX_SIZE
    if image_size is not None and not is_side:
        raise InputError(
            f"{who}: image_size is {image_size!r}, expected an integer of 1 or more, at most {MAX_SIZE:,}"
        )
    if trained_on is not None and trained_on not in TRAINED_ON:
        raise InputError(f"{who}: trained_on is {trained_on!r}, expected one of {', '.join(TRAINED_ON)}")
