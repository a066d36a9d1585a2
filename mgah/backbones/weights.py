"""Weights from a local or published state-dict file, whose checksum is compared; no code in it is run."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

from mgah.backbones.weights_card import SUFFIX
from mgah.errors import InputError
from mgah.io.downloads import download
from mgah.io.files import sha256
from mgah.io.names import listed


@dataclass(frozen=True)
class Weights:
    """A state dict, its float tensors as float32, with the file that it was read from and the file's SHA-256."""

    state: dict[str, torch.Tensor]
    file: Path
    sha256: str


def checksum_prefix(file_name: str) -> str:
    """Return the first digits of the SHA-256 that a published file has in its name (``alexnet-owt-7be5be79.pth``)."""
    found = re.search(r"-([0-9a-f]{8,})\.\w+\Z", file_name)
    if found is None:
        raise ValueError(f"the file name {file_name!r} carries no checksum")
    return found[1]


def read_published(folder: Path, url: str) -> Weights:
    """Read the state dict of the file of ``url`` in ``folder``, downloaded there when it is missing.

    Raises:
        InputError: when the download fails or the file is not the published one, by the checksum in its name.
    """
    file = folder / url.rsplit("/", 1)[1]
    prefix = checksum_prefix(file.name)
    try:
        folder.mkdir(exist_ok=True)
        download(url, file, f"sha256:{prefix}")
    except (OSError, InputError) as error:
        raise InputError(
            f"weights cannot be downloaded ({error}): put the file {file.name}, whose SHA-256 starts with "
            f"{prefix}, into {folder} and run again"
        ) from error
    return read_weights(file, prefix)


def read_weights(file: Path, prefix: str = "") -> Weights:
    """Read the state dict of ``file``, of torch or safetensors, without running any code in it.

    Args:
        file: the file.
        prefix: first digits of the SHA-256 that it must have; it is compared before anything is read.

    Raises:
        InputError: for a file that cannot be read, has another checksum or holds anything but named tensors.
    """
    state: object = None
    try:
        digest = sha256(file)
        if digest.startswith(prefix):
            state = load_file(file) if file.suffix == SUFFIX else _load_pickle(file)
    except Exception as error:  # a damaged pickle can raise almost anything
        reason = str(error).strip().split("\n")[0][:160]
        raise InputError(
            f"weights file {file} cannot be read as a plain state dict ({type(error).__name__}: {reason}): "
            "it is missing, damaged, or holds objects that would run code; save one with "
            "torch.save(model.state_dict(), file)"
        ) from error
    if not digest.startswith(prefix):
        raise InputError(
            f"weights file {file} has the SHA-256 {digest}, expected one that starts with {prefix}: "
            "remove it and run again"
        )
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise InputError(
            f"weights file {file} holds a {type(state).__name__} that is not a dict of tensors: save one "
            "with torch.save(model.state_dict(), file)"
        )
    state = {key: value.float() if value.is_floating_point() else value for key, value in state.items()}
    return Weights(state, file, digest)


def write_random(folder: Path, build: Callable[[], torch.nn.Module]) -> Path:
    """Write the weights that ``build`` draws, the same each time, to a file in ``folder`` and return it; for tests."""
    file = folder / "random.pth"
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        torch.save(build().state_dict(), file)
    return file


def tensors_sha256(state: Mapping[str, torch.Tensor]) -> str:
    """Return the SHA-256, hexadecimal, of the tensors of ``state``: names in order, dtypes, shapes and bytes.

    It stands for a file's where a package has loaded weights itself.

    Examples:
        >>> tensors_sha256({"bias": torch.zeros(2)})[:8]
        '52eda023'
    """
    digest = hashlib.sha256()
    for name, value in sorted(state.items()):
        array = value.detach().cpu().contiguous()
        digest.update(f"{name} {array.dtype} {tuple(array.shape)} ".encode())
        digest.update(array.flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _load_pickle(file: Path) -> object:
    return torch.load(file, map_location="cpu", weights_only=True)


def fill(network: nn.Module, weights: Weights, unused: tuple[str, ...] = ()) -> None:
    """Load ``weights`` into ``network``, which may be on the meta device, and set it to evaluation mode.

    Args:
        network: the network, changed in place.
        weights: the weights.
        unused: first parts of the names of weights that the file may hold and the network does not need.

    Raises:
        InputError: for names or shapes that differ.
    """
    state = {key: value for key, value in weights.state.items() if not key.startswith(unused)}
    expected, got = _shapes(network.state_dict()), _shapes(state)
    complaints = {
        "lacks": sorted(expected.keys() - got.keys()),
        "has the unknown": sorted(got.keys() - expected.keys()),
        "has another shape of": [
            f"{key} ({list(got[key])}, expected {list(expected[key])})"
            for key in sorted(expected.keys() & got.keys())
            if expected[key] != got[key]
        ],
    }
    told = [f"{what} {listed(keys, 3)}" for what, keys in complaints.items() if keys]
    if told:
        raise InputError(
            f"weights file {weights.file} does not fit {type(network).__name__}: it {'; it '.join(told)}; "
            "give a state dict of this very network"
        )
    network.load_state_dict(state, assign=True)
    network.eval()


def _shapes(state: dict[str, torch.Tensor]) -> dict[str, torch.Size]:
    # batch normalization's counters came with torch 0.4.1: older files lack them, inference ignores them
    return {key: value.shape for key, value in state.items() if not key.endswith("num_batches_tracked")}
