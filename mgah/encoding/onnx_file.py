"""A whole encoder, from images to bits, as one ONNX file.

Its input ``images`` is (n, 3, side, side): float32, as the backbone's ``preprocess`` returns them, or, for a network
that was trained end to end, uint8 squares, which the file crops and scales itself. Where the backbone is no network of
torch the input is its ``features``, float32 (n, d). Outputs are ``codes``, int8 (n, n_bits) of -1 and +1, and ``z``,
float (n, n_bits), whose signs they are. The metadata of the file tell what it was made from.
"""

import importlib
import json
import logging
import math
import warnings
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from mgah.backbones.base import Backbone
from mgah.backbones.torch_backbone import TorchBackbone
from mgah.baselines.itq import ITQ
from mgah.encoding.encoder import Encoder
from mgah.encoding.inputs import Images
from mgah.errors import InputError
from mgah.io.files import atomic_path, sha256
from mgah.methods.base import HashingMethod
from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.network import TrainableNetwork, trained_network
from mgah.progress import progress

#: The first version of ONNX's operators with antialiased resizing, with which a network's crops are made.
OPSET = 18


class Whole(nn.Module):
    """What images or features pass through: a network, if there is one, and the layers of the method."""

    def __init__(self, network: nn.Module, layers: nn.Module) -> None:
        super().__init__()
        self.network, self.layers = network, layers

    def forward(self, given: Tensor) -> tuple[Tensor, Tensor]:
        """Return codes, int8 (n, n_bits), and z, float (n, n_bits)."""
        z = self.layers(self.network(given))
        return (2 * (z >= 0).to(torch.int8) - 1).to(torch.int8), z


class _Deep(nn.Module):
    """Scaling, trunk and hash layer of a deep method; of DNNH, whose bits are made of several units, also the last."""

    hash_weight: Tensor
    hash_bias: Tensor
    trunk_weight: Tensor | None
    trunk_bias: Tensor | None
    feature_mean: Tensor | None
    feature_deviation: Tensor | None
    bit_weight: Tensor | None

    def __init__(self, method: DeepHashing) -> None:
        super().__init__()
        self.l2 = method.feature_norm == "l2"
        for name in (
            "feature_mean",
            "feature_deviation",
            "trunk_weight",
            "trunk_bias",
            "bit_weight",
            "bit_bias",
        ):
            array = getattr(method, f"{name}_", np.zeros(0))
            self.register_buffer(name, torch.from_numpy(np.array(array)) if array.size else None)
        self.hash_weight, self.hash_bias = map(torch.from_numpy, (method.hash_weight_, method.hash_bias_))

    def forward(self, rows: Tensor) -> Tensor:
        rows = functional.normalize(rows, dim=-1) if self.l2 else rows
        if self.feature_mean is not None and self.feature_deviation is not None:
            rows = (rows - self.feature_mean) / self.feature_deviation
        if self.trunk_weight is not None:
            rows = functional.relu(functional.linear(rows, self.trunk_weight, self.trunk_bias))
        z = functional.linear(rows, self.hash_weight, self.hash_bias)
        if self.bit_weight is None:
            return z
        return (functional.relu(z).unflatten(1, self.bit_weight.shape) * self.bit_weight).sum(
            dim=-1
        ) + self.bit_bias


class _Linear(nn.Module):
    """ITQ's centering and projection, in the precision that it learned them in."""

    mean: Tensor
    projection: Tensor

    def __init__(self, method: ITQ) -> None:
        super().__init__()
        self.l2 = bool(method.normalize)
        self.register_buffer("mean", torch.from_numpy(np.array(method.mean_)))
        self.register_buffer("projection", torch.from_numpy(np.array(method.projection_)))

    def forward(self, rows: Tensor) -> Tensor:
        rows = functional.normalize(rows, dim=-1) if self.l2 else rows
        return (rows.to(self.projection.dtype) - self.mean) @ self.projection


class _Tail(nn.Module):
    """A frozen network up to its feature maps, which are kept in half precision, and the trained layers after them."""

    def __init__(self, front: nn.Module, trained: TrainableNetwork) -> None:
        super().__init__()
        self.front, self.trained = front, trained.part

    def forward(self, images: Tensor) -> Tensor:
        return self.trained(self.front(images).half().float())


class _EndToEnd(nn.Module):
    """Squares of bytes, their centered crops, and the network that was trained on such crops."""

    def __init__(self, trained: TrainableNetwork) -> None:
        super().__init__()
        self.trained = trained

    def forward(self, images: Tensor) -> Tensor:
        return self.trained(images.flatten(1))


def whole(encoder: Encoder, backbone: Backbone) -> tuple[Whole, Tensor]:
    """Return the encoder as one module of torch on the CPU, and an input of it for two images.

    Raises:
        InputError: for a method that has no such form.
    """
    method = encoder.method
    if isinstance(method, DeepHashing):
        method.set_params(device="cpu", precision="float32")
    layers = _layers(method)
    if encoder.store == "images":
        side = math.isqrt(method.n_features_in_ // 3)
        example = torch.zeros(2, 3, side, side, dtype=torch.uint8)
        return Whole(_EndToEnd(_trained(method)), layers).eval(), example
    if not isinstance(backbone, TorchBackbone):
        return Whole(nn.Identity(), layers).eval(), torch.zeros(2, method.n_features_in_)
    network: nn.Module = backbone.network
    if encoder.store == "maps":
        front = cast(nn.Module, network.get_submodule("front"))
        network = _Tail(front, _trained(method))
    return Whole(network, layers).eval().requires_grad_(False), torch.zeros(2, *backbone.input_shape)


def _trained(method: HashingMethod) -> TrainableNetwork:
    """The network that a deep method has trained, on the CPU and in full precision."""
    deep = cast(DeepHashing, method)
    options, place = deep.network_options or {}, torch.device("cpu")
    return trained_network(str(deep.network), deep.network_, options, deep.trainable, "float32", place)


def _layers(method: HashingMethod) -> nn.Module:
    if isinstance(method, DeepHashing):
        return _Deep(method)
    if isinstance(method, ITQ):
        return _Linear(method)
    raise InputError(
        f"{type(method).__name__} cannot be written as ONNX, expected MGAH, another deep method, or ITQ: encode with "
        "mgah encode"
    )


def write_onnx(target: Path, encoder: Encoder, backbone: Backbone) -> None:
    """Write the whole encoder to ``target``, whose name ends in ``.onnx``.

    Raises:
        InputError: without the packages onnx and onnxscript, or for a method that has no such form.
    """
    if target.suffix != ".onnx":
        raise InputError(f"an ONNX file cannot be written to {target}: expected a name that ends in .onnx")
    onnx, _ = _package("onnx"), _package("onnxscript")
    module, example = whole(encoder, backbone)
    name = "features" if isinstance(module.network, nn.Identity) else "images"
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # of the exporter, on its own ways
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        program: Any = torch.onnx.export(
            module,
            (example,),
            input_names=[name],
            output_names=["codes", "z"],
            dynamic_shapes=({0: torch.export.Dim("n")},),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    model = program.model_proto
    onnx.helper.set_model_props(model, {key: str(value) for key, value in _about(encoder, backbone).items()})
    with atomic_path(target) as path:
        onnx.save(model, str(path))


def _about(encoder: Encoder, backbone: Backbone) -> dict[str, object]:
    """What the file's metadata tell."""
    end_to_end = encoder.store == "images"
    return {
        "method": type(encoder.method).__name__,
        "n_bits": encoder.method.n_bits,
        "model_sha256": sha256(encoder.model),
        "backbone": encoder.backbone_name,
        "backbone_weights_sha256": backbone.weights_sha256,
        "input": "squares, uint8" if end_to_end else f"float32, mgah.backbones.{backbone.name}",
        "notes": json.dumps(list(backbone.notes)),
    }


def differing_bits(file: Path, encoder: Encoder, backbone: Backbone, images: Images) -> tuple[int, int]:
    """Run the ONNX ``file`` on ``images`` and return how many bits differ from those of `Encoder.encode`, and of all.

    Raises:
        InputError: without the package onnxruntime.
    """
    session = _package("onnxruntime").InferenceSession(str(file), providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    codes = encoder.encode(images, backbone, "cpu")
    expected = np.unpackbits(codes.codes, axis=1, count=codes.n_bits)
    differ, dtype = 0, np.uint8 if "uint8" in given.type else np.float32
    with progress("ONNX", len(images.names), 0, "images") as bar:
        for image, row in zip(images.names, expected, strict=True):
            prepared = backbone.preprocess(images.load(image))[None]
            if given.name == "features":
                prepared = backbone.forward(prepared)
            (found,) = session.run(["codes"], {given.name: prepared.astype(dtype)})
            differ += int(((found[0] > 0) != row).sum())
            bar.update()
    return differ, expected.size


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(
            f"the package {name} is not installed: pip install 'mgah-benchmark[onnx]'"
        ) from error
