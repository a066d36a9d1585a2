"""Devices of torch by their names in a config, and full precision of float32 on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from mgah.errors import InputError


def choose_device(device: str) -> torch.device:
    """Return the torch device ``device``: ``auto``, the first of cuda, mps and cpu that is there, or one by its name.

    A GPU of several is named with its number, ``cuda:1``.

    Raises:
        InputError: for a device that is not there, or that does not compute.
    """
    if device == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        chosen = torch.device(device)
        if fault := _fault(chosen):
            raise InputError(f"device {device!r} cannot be used here ({fault}): try auto")
        torch.empty(0, device=chosen)
    except (RuntimeError, AssertionError) as error:
        raise InputError(
            f"device {device!r} cannot be used here ({str(error).splitlines()[0]}): try auto"
        ) from error
    return chosen


def _fault(device: torch.device) -> str:
    """What is wrong with a device that torch knows; empty where nothing is, or torch says it best."""
    if device.type == "meta":
        return "it computes shapes alone"
    if device.type == "cuda" and torch.cuda.is_available():
        count = torch.cuda.device_count()
        if device.index is not None and device.index >= count:
            return (
                "there is one GPU, cuda:0"
                if count == 1
                else f"there are {count} GPUs, cuda:0 to cuda:{count - 1}"
            )
    return ""


@contextmanager
def full_float32() -> Iterator[None]:
    """Let products and convolutions of float32 keep all 24 bits of each factor inside the block.

    TF32 would keep 11 bits, bfloat16 8. Inside the block torch's precision is ``ieee`` on GPUs and CPUs; after it, it
    is what it was.
    """
    backends: Any = torch.backends  # its types leave these attributes out
    kinds = backends.cudnn.conv, backends.cuda.matmul, backends.mkldnn.conv, backends.mkldnn.matmul
    before = [kind.fp32_precision for kind in kinds]
    try:
        for kind in kinds:
            kind.fp32_precision = "ieee"
        yield
    finally:
        for kind, precision in zip(kinds, before, strict=True):
            kind.fp32_precision = precision
