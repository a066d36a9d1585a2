"""The record of one choice (json). Writer and reader side by side.

Record: ``cell`` (dataset, backbone, semantics, split, method, label), ``bits`` and ``seed`` of the trials,
``settings``: the settings tried, each laid over the method's parameters, the first ``{}``; ``held_out``: classes of
each task; ``mAP``: of each setting on each task; ``chosen``: place of the setting taken.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from mgah.errors import InputError
from mgah.io.files import read_json, write_json
from mgah.tables.format import RUN_KEY

#: What names a choice, which is one for all seeds and code lengths.
CHOICE_KEY = RUN_KEY[:6]


@dataclass(frozen=True)
class Choice:
    """One choice of a setting; see the module for the fields."""

    cell: dict[str, str]
    bits: int
    seed: int
    settings: list[dict]
    held_out: list[list[str]]
    mAP: list[list[float]]
    chosen: int

    @property
    def setting(self) -> dict:
        """The setting taken."""
        return self.settings[self.chosen]

    def note(self) -> str:
        """What a reader must be told beside every number of a chosen setting; the same for all splits."""
        return (
            f"weights are chosen on each split out of {len(self.settings)} settings, by the mAP at {self.bits} bits of "
            "seen classes that are held out of its training images (see the table hyperparameters)"
        )


def write_choice(target: Path | str, choice: Choice) -> None:
    """Write a record atomically."""
    write_json(target, asdict(choice))


def read_choice(source: Path | str) -> Choice:
    """Read a record; anything that is none is an `InputError` that names the file."""
    try:
        choice = Choice(**read_json(source))
        fits = np.shape(choice.mAP) == (len(choice.settings), len(choice.held_out))
        fits = fits and 0 <= choice.chosen < len(choice.settings) and set(choice.cell) == set(CHOICE_KEY)
    except TypeError as error:
        raise InputError(f"{source} is no record of a choice ({error}): remove it and run again") from error
    if not fits:
        raise InputError(
            f"{source} is no record of a choice, its scores, settings or cell do not fit each other: "
            "remove it and run again"
        )
    return choice
