"""The record of one choice of hyper-parameters (a JSON file): its writer and its reader.

It holds ``cell`` (dataset, backbone, semantics, split, method, label), ``bits`` and ``seed`` of the trials,
``settings`` (the candidates: parameters that replace those of the method, the first ``{}``), ``held_out`` (the classes
held out in each task), ``mAP`` (of each candidate on each task, 0 where its training diverged) and ``chosen`` (index of
the candidate that was taken).
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from mgah.errors import InputError
from mgah.io.files import read_json, write_json
from mgah.io.records import INTEGER, LISTS, NAME, OBJECT, OBJECTS, TEXTS, check_fields
from mgah.tables.keys import METHOD_KEY

_FIELDS = {
    "cell": OBJECT,
    "bits": INTEGER,
    "seed": INTEGER,
    "settings": OBJECTS,
    "held_out": LISTS,
    "mAP": LISTS,
}
_FIELDS |= {"chosen": INTEGER}


@dataclass(frozen=True)
class Choice:
    """One choice of hyper-parameters; the module describes the fields."""

    cell: dict[str, str]
    bits: int
    seed: int
    settings: list[dict]
    held_out: list[list[str]]
    mAP: list[list[float]]
    chosen: int

    @property
    def setting(self) -> dict:
        """The parameters of the candidate that was taken."""
        return self.settings[self.chosen]

    def note(self) -> str:
        """Return the note beside every number that is made with a chosen setting; it is the same on all splits."""
        return (
            f"settings are chosen on each split, one out of {len(self.settings)}, by the mAP at {self.bits} bits of "
            "seen classes that are held out of its training images (the table hyperparameters, of a run that makes it, "
            "shows what was tried)"
        )


def write_choice(target: Path | str, choice: Choice) -> None:
    """Write the record of ``choice`` to the file ``target``, atomically."""
    write_json(target, asdict(choice))


def read_choice(source: Path | str) -> Choice:
    """Read the record in the file ``source``.

    Raises:
        InputError: for a file that is no record of a choice; the sentence names it.
    """
    content = read_json(source)
    check_fields(content, _FIELDS, f"record of a choice {source}")
    try:
        choice = Choice(**content)
        fits = np.shape(choice.mAP) == (len(choice.settings), len(choice.held_out))
        fits = fits and 0 <= choice.chosen < len(choice.settings) and set(choice.cell) == set(METHOD_KEY)
        fits = fits and all(0 <= score <= 1 for scores in choice.mAP for score in scores)
        fits = fits and all(map(TEXTS.holds, choice.held_out)) and all(map(NAME.holds, choice.cell.values()))
    except (TypeError, ValueError) as error:
        raise InputError(f"{source} is no record of a choice ({error}): remove it and run again") from error
    if not fits:
        raise InputError(
            f"{source} is no record of a choice, its scores, settings or cell do not fit each other: "
            "remove it and run again"
        )
    return choice
