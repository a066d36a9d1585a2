"""What backbones that are torch networks share: device, eager forward pass and choice of an engine."""

from abc import abstractmethod
from collections.abc import Callable
from importlib.util import find_spec
from threading import Lock
from typing import ClassVar

import numpy as np
import torch
from torch import nn

from mgah.backbones.base import Backbone, Engine
from mgah.backbones.openvino_engine import compile_network
from mgah.backbones.weights import Weights, checksum_prefix
from mgah.backbones.weights_card import read_weights_card
from mgah.datasets.imagenet1k import imagenet1k_classes
from mgah.device import full_float32
from mgah.errors import InputError

#: Images in a batch: small for OpenVINO, where each core has a batch of its own.
BATCH_SIZES = {"openvino": 8, "cpu": 32, "cuda": 128, "mps": 64}


class TorchBackbone(Backbone):
    """A backbone whose features are the output of a torch module.

    What its weights were trained on stands in their card; those without one were trained on ImageNet-1K.
    A subclass's constructor loads weights, and calls `_set` with a module that maps float32 (n, c, h, w) to
    (n, dimension). Where ``trains`` has ``tail``, that module has two parts: ``front``, images to float32 maps
    (n, c, h, w) of shape ``maps``, and ``tail``, maps to features.
    """

    #: One sentence that says which layer of which network, with which weights.
    description: ClassVar[str]
    trains: ClassVar[tuple[str, ...]] = ("all",)

    @classmethod
    @abstractmethod
    def _model(cls) -> nn.Module:
        """The whole network, to be filled with the weights."""

    @classmethod
    @abstractmethod
    def _until_features(cls, model: nn.Module) -> nn.Module:
        """The part of the whole network that ends at the features."""

    @classmethod
    def blank(cls) -> nn.Module:
        """The network up to the features without weights, on the meta device, to be filled with trained ones."""
        with torch.device("meta"):
            return cls._until_features(cls._model()).eval()

    def _set(self, network: nn.Module, weights: Weights, published: str) -> None:
        """Take the network up to the features, its weights and the name of the published weights file."""
        self.network = network.eval().requires_grad_(False)
        self.weights_file, self.weights_sha256 = weights.file.name, weights.sha256
        if card := read_weights_card(weights.file, weights.sha256):
            self._training_classes = tuple(card["training_classes"])
            self.notes = (self.description, *card["notes"])
            return
        self._training_classes = imagenet1k_classes()
        self.notes = (
            self.description,
            "The backbone was trained on ImageNet-1K, whose classes it has seen.",
        )
        if not weights.sha256.startswith(checksum_prefix(published)):
            self.notes += (
                f"The weights are a local file with the SHA-256 {weights.sha256}, not the published "
                f"{published}; what they were trained on is not known and assumed to be ImageNet-1K.",
            )

    def forward(self, batch: np.ndarray) -> np.ndarray:
        device = next(self.network.parameters()).device
        with torch.inference_mode():
            return self.network(torch.from_numpy(batch).to(device)).cpu().numpy()

    def training_classes(self) -> tuple[str, ...]:
        return self._training_classes

    def engine(
        self, device: str = "auto", threads: int = 1, batch_size: int | None = None, kind: str = "auto"
    ) -> Engine:
        device = _device(device)
        if kind == "auto":
            kind = "openvino" if device == "cpu" and find_spec("openvino") else "torch"
        if kind == "openvino" and device == "cpu":
            if not find_spec("openvino"):
                raise InputError(
                    "the engine openvino is not installed: pip install openvino, or choose the engine torch"
                )
            batch_size = batch_size or BATCH_SIZES["openvino"]
            forward = compile_network(self.network, (batch_size, *self.input_shape), threads)
            return Engine("openvino", device, batch_size, forward)
        if kind == "torch":
            return Engine("torch", device, batch_size or BATCH_SIZES[device], self._eager(device, threads))
        raise InputError(f"{self.name} has no engine {kind} on the device {device}: set the engine to auto")

    def _eager(self, device: str, threads: int) -> Callable[[np.ndarray], np.ndarray]:
        torch.set_num_threads(threads)
        self.network.to(device)
        lock = Lock()  # one batch at a time: torch itself spreads it over the cores

        def forward(batch: np.ndarray) -> np.ndarray:
            with lock, full_float32():
                return self.forward(batch)

        return forward


def _device(wanted: str) -> str:
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return next(device for device, there in available.items() if there)
    if not available.get(wanted):
        there = ", ".join(device for device in available if available[device])
        raise InputError(f"the device {wanted!r} is not available here: choose auto or one of {there}")
    return wanted
