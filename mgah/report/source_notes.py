"""What is to be said of the methods of runs and submissions that stand beside one another, as footnotes."""

from collections.abc import Sequence

import pandas as pd

from mgah.io.packed import packed_file
from mgah.report.inputs import INPUTS
from mgah.report.outputs.base import Note
from mgah.report.submissions import Submission
from mgah.report.wording import run_notes
from mgah.tables.keys import SETTING
from mgah.tables.notes import COLUMNS, read_notes


def told_of(sources: Sequence[Submission]) -> pd.DataFrame:
    """What is to be said of the methods of all ``sources``: the columns of `mgah.tables.notes` and ``source``.

    A source without a file of notes tells which of its class semantics are stand-ins, in its config.

    Examples:
        >>> list(told_of([]))
        ['dataset', 'backbone', 'semantics', 'method', 'note', 'source']
    """
    none = pd.DataFrame(columns=[*COLUMNS, "source"])
    return pd.concat(
        [none, *(_told(source).assign(source=source.name) for source in sources)], ignore_index=True
    )


def names_of(rows: pd.DataFrame) -> pd.Series:
    """What names the method of each row: methods of one name may be others in another ``source``.

    Examples:
        >>> names_of(pd.DataFrame({"source": ["theirs"], "method": ["itq"]})).tolist()
        ['theirs/itq']
    """
    return rows["source"] + "/" + rows["method"]


def source_notes(scores: pd.DataFrame, told: pd.DataFrame) -> list[Note]:
    """What is ``told`` of the methods in ``scores`` of several sources, as notes on the rows of each (`names_of`)."""
    return run_notes(scores.assign(method=names_of(scores)), told.assign(method=names_of(told)))


def _told(source: Submission) -> pd.DataFrame:
    file = packed_file(source.place, INPUTS["notes"].file or "")
    if file is not None:
        return read_notes(file)
    used = source.scores[[*SETTING, "method"]].drop_duplicates()
    words = [
        _stand_in(source.record, *place) for place in zip(used["dataset"], used["semantics"], strict=True)
    ]
    told = used.assign(note=words)
    return told[told["note"] != ""]


def _stand_in(record: dict, dataset: str, semantics: str) -> str:
    """What the config of a ``record`` says of stand-in vectors; a submission need not have any of it."""
    found: object = record
    for key in ("config", "datasets", dataset, "semantics", semantics, "stand_in"):
        found = found.get(key) if isinstance(found, dict) else None
    return f"{semantics}: stand-in vectors, {found}" if found else ""
