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
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from mgah.backbones.base import Backbone
from mgah.backbones.torch_backbone import TorchBackbone
from mgah.encoding.codes_file import NamedCodes
from mgah.encoding.encoder import Encoder
from mgah.encoding.inputs import Images
from mgah.errors import InputError
from mgah.io.files import atomic_path, sha256
from mgah.io.targets import check_suffix
from mgah.progress import progress

#: The first version of ONNX's operators with antialiased resizing, with which a network's crops are made.
OPSET = 18


class Whole(nn.Module):
    """What images or features pass through: what makes rows of them, and the layers of the method."""

    def __init__(self, rows: nn.Module, layers: nn.Module) -> None:
        super().__init__()
        self.rows, self.layers = rows, layers

    def forward(self, given: Tensor) -> tuple[Tensor, Tensor]:
        """Return codes, int8 (n, n_bits), and z, float (n, n_bits)."""
        z = self.layers(self.rows(given))
        return (2 * (z >= 0).to(torch.int8) - 1).to(torch.int8), z


class _Maps(nn.Module):
    """A frozen network up to its feature maps, as rows in half precision, in which a run stores them."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        return self.network(images).half()


def whole(encoder: Encoder, backbone: Backbone) -> tuple[Whole, Tensor]:
    """Return the encoder as one module of torch on the CPU, and an input of it for two images.

    Raises:
        InputError: for a method that has no such form.
    """
    method, layers = encoder.method, encoder.method.as_module()
    rows: nn.Module
    if encoder.store == "images":
        side = math.isqrt(method.n_features_in_ // 3)
        rows, example = nn.Flatten(), torch.zeros(2, 3, side, side, dtype=torch.uint8)
    elif isinstance(backbone, TorchBackbone):
        rows, example = backbone.network, torch.zeros(2, *backbone.input_shape)
        rows = _Maps(rows) if encoder.store == "maps" else rows
    else:
        rows, example = nn.Identity(), torch.zeros(2, method.n_features_in_)
    return Whole(rows, layers).eval().requires_grad_(False), example


def write_onnx(target: Path, encoder: Encoder, backbone: Backbone) -> None:
    """Write the whole encoder to ``target``, whose name ends in ``.onnx``.

    Raises:
        InputError: for another name, without the packages onnx and onnxscript, or for a method that has no such form.
    """
    check_suffix(target, (".onnx",), "an ONNX file")
    onnx, _ = _package("onnx"), _package("onnxscript")
    module, example = whole(encoder, backbone)
    name = "features" if isinstance(module.rows, nn.Identity) else "images"
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


def expected_codes(encoder: Encoder, backbone: Backbone, images: Images) -> NamedCodes:
    """Return PyTorch's codes of ``images``, computed on the CPU in float32, as the ONNX file of ``encoder`` computes.

    Raises:
        InputError: as `Encoder.encode`.
    """
    if "precision" in encoder.method.get_params():
        encoder.method.set_params(precision="float32")
    return encoder.encode(images, backbone, "cpu")


def differing_bits(file: Path, codes: NamedCodes, backbone: Backbone, images: Images) -> tuple[int, int]:
    """Run the ONNX ``file`` on ``images`` and return how many bits differ from their `expected_codes`, and of all.

    Raises:
        InputError: without the package onnxruntime.
    """
    session = _package("onnxruntime").InferenceSession(str(file), providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
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
