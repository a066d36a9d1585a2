"""Devices of torch by their names in a config, and full precision of float32 on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from mgah.errors import InputError


def choose_device(device: str) -> torch.device:
    """Return the torch device ``device``, the name of one or ``auto``, the first of cuda, mps and cpu that is there."""
    if device == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        chosen = torch.device(device)
        torch.empty(0, device=chosen)
    except (RuntimeError, AssertionError) as error:
        raise InputError(
            f"device {device!r} cannot be used here ({str(error).splitlines()[0]}): try auto"
        ) from error
    return chosen


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
