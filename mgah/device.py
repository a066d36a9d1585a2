"""Devices by config word."""

import torch

from mgah.errors import InputError


def choose_device(device: str) -> torch.device:
    """The torch device of a config word; ``auto`` takes the first of cuda, mps and cpu that is there."""
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
