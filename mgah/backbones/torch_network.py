"""What backbones that are networks of torch share: forward pass, device and choice of an engine."""

from collections.abc import Callable
from importlib.util import find_spec
from threading import Lock

import numpy as np
import torch
from torch import nn

from mgah.backbones.base import Backbone, Engine
from mgah.backbones.openvino_engine import compile_network
from mgah.device import choose_device, full_float32
from mgah.errors import InputError

#: Images in a batch: small for OpenVINO, where each core has a batch of its own.
BATCH_SIZES = {"openvino": 8, "cpu": 32, "cuda": 128, "mps": 64}


class TorchNetwork(Backbone):
    """A backbone whose features are the output of the torch module ``network``, in evaluation mode.

    It maps float32 (n, c, h, w), preprocessed images, to features (n, dimension).
    """

    network: nn.Module

    def forward(self, batch: np.ndarray) -> np.ndarray:
        device = next(self.network.parameters()).device
        with torch.inference_mode():
            return self.network(torch.from_numpy(batch).to(device)).cpu().numpy()

    def engine(
        self, device: str = "auto", threads: int = 1, batch_size: int | None = None, kind: str = "auto"
    ) -> Engine:
        place = choose_device(device)
        if kind == "auto":
            kind = "openvino" if place.type == "cpu" and find_spec("openvino") else "torch"
        if kind == "openvino" and place.type == "cpu":
            if not find_spec("openvino"):
                raise InputError(
                    "the engine openvino is not installed: pip install openvino, or choose the engine torch"
                )
            batch_size = batch_size or BATCH_SIZES["openvino"]
            forward = compile_network(self.network, (batch_size, *self.input_shape), threads)
            return Engine("openvino", str(place), batch_size, forward)
        if kind == "torch":
            batch_size = batch_size or BATCH_SIZES.get(place.type, BATCH_SIZES["cuda"])
            return Engine("torch", str(place), batch_size, self._eager(place, threads))
        raise InputError(f"{self.name} has no engine {kind} on the device {place}: set the engine to auto")

    def _eager(self, device: torch.device, threads: int) -> Callable[[np.ndarray], np.ndarray]:
        torch.set_num_threads(threads)
        self.network.to(device)
        lock = Lock()  # one batch at a time: torch itself spreads it over the cores

        def forward(batch: np.ndarray) -> np.ndarray:
            with lock, full_float32():
                return self.forward(batch)

        return forward
