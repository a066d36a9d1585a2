"""Checkpoints: all that a training needs to go on as if it had never stopped."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import torch

from mgah.errors import InputError
from mgah.io.files import atomic_path


class Stateful(Protocol):
    """What has a state to keep: a network, optimizer, scheduler or gradient scaler."""

    def state_dict(self) -> dict: ...

    def load_state_dict(self, state: dict) -> object: ...


class Checkpoint:
    """The file that a training goes on from after a kill, replaced as the training proceeds.

    Randomness needs no place in it: it is a function of seed and step (`mgah.pretraining.batches`).

    Args:
        file: its place; nothing is written before `save`.
        identity: what determines the training; the checkpoint of another training is not used.
        save_every: seconds between two times that the checkpoint is due.
    """

    def __init__(self, file: Path, identity: str, save_every: float) -> None:
        self.file, self.identity, self.save_every = file, identity, save_every
        self._saved = time.monotonic()

    @property
    def due(self) -> bool:
        """Whether `save_every` seconds have passed."""
        return time.monotonic() - self._saved >= self.save_every

    def save(self, step: int, parts: Mapping[str, Stateful]) -> None:
        """Keep the states of ``parts`` after ``step`` steps."""
        states = {name: part.state_dict() for name, part in parts.items()}
        # through a stream of Python, whose errors say what is wrong with the disk
        with atomic_path(self.file) as path, open(path, "wb") as stream:
            torch.save({"identity": self.identity, "step": step, **states}, stream)
        self._saved = time.monotonic()

    def restore(self, parts: Mapping[str, Stateful]) -> int:
        """Load the states of ``parts``; returns the number of steps done, 0 without a checkpoint of this training.

        Raises:
            InputError: for a file that is damaged, or holds anything but states (code is never run).
        """
        if not self.file.exists():
            return 0
        try:
            kept = torch.load(self.file, map_location="cpu", weights_only=True)
            if kept["identity"] != self.identity:
                return 0
            for name, part in parts.items():
                part.load_state_dict(kept[name])
            return int(kept["step"])
        except Exception as error:  # a damaged pickle can raise almost anything
            reason = str(error).strip().split("\n")[0][:160]
            raise InputError(
                f"checkpoint {self.file} cannot be read ({type(error).__name__}: {reason}): remove it and run "
                "again; the training then starts anew"
            ) from error
