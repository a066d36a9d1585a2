"""What a figure says of its settings: whose place data and vectors take, the backbones, and what was trained."""

import pandas as pd

from mgah.report.paper.datasets import BACKBONES
from mgah.report.paper.line_up import END_TO_END
from mgah.report.paper.published import table_backbone
from mgah.report.style import dataset_label
from mgah.report.wording import dataset_notes, stand_in_marks, trained_labels
from mgah.semantics.options import STANDS_IN

_SOURCE = ["dataset", "semantics"]


def name_vectors(rows: pd.DataFrame, notes: pd.DataFrame) -> pd.DataFrame:
    """``rows`` with semantics called what they are, such as ``word2vec (stand-in)`` where other vectors were used.

    ``notes`` are those of `mgah.tables.semantics_notes`, here and in the other functions.
    """
    stand_ins = stand_in_vectors(notes)
    places = rows[_SOURCE].itertuples(index=False, name=None)
    return rows.assign(semantics=[f"{p[1]} (stand-in)" if p in stand_ins else p[1] for p in places])


def stand_in_vectors(notes: pd.DataFrame) -> set[tuple[str, str]]:
    """Dataset and semantics whose vectors stand in for others."""
    return set(_vector_notes(notes)[_SOURCE].itertuples(index=False, name=None))


def setting_words(rows: pd.DataFrame, notes: pd.DataFrame, reference: pd.DataFrame) -> str:
    """What a figure must say of the settings of ``rows`` (`SETTING`, label, trained), in sentences.

    Which datasets and vectors stand in for others, what else a reader must know of a dataset, the backbones, and
    what was trained of them.
    """
    datasets = sorted(rows["dataset"].unique())
    told = [stand_in_marks(datasets, reference), *(note.text for note in dataset_notes(rows))]
    told += _vectors(rows, notes)
    backbones = sorted(rows["backbone"].unique())
    told += [f"Backbone{'s' if len(backbones) > 1 else ''}: {', '.join(backbones)}."] if backbones else []
    trained = set(rows["trained"]) - {""}
    told += [f"Trained: {trained.pop() if len(trained) == 1 else trained_labels(rows)}."] if trained else []
    return " ".join(filter(None, told))


def paper_value_words(rows: pd.DataFrame, reference: pd.DataFrame) -> str:
    """How the setting of ``rows``, curves of a fine-tuned method, parts from that of the paper's values beside them."""
    own = table_backbone(reference, "table1")
    other = rows[(rows["backbone"] != own) | (rows["trained"] != END_TO_END)]
    if other.empty:
        return ""
    found = sorted(set(other[["backbone", "trained"]].itertuples(index=False, name=None)))
    ours = "; ".join(", ".join(filter(None, setting)) for setting in found)
    return f"The paper's values are of {BACKBONES[own][0]} trained end to end, ours of {ours}: not the same setting."


def _vector_notes(notes: pd.DataFrame) -> pd.DataFrame:
    """Those of ``notes`` that say that vectors stand in for others."""
    return notes[notes["note"].str.contains(STANDS_IN, regex=False)]


def _vectors(rows: pd.DataFrame, notes: pd.DataFrame) -> list[str]:
    """Each such note of the settings of ``rows`` once, with the datasets and the semantics that it is of."""
    told = _vector_notes(notes).merge(rows[_SOURCE].drop_duplicates())
    return [
        f"{part['semantics'].iloc[0]} of {' and '.join(map(dataset_label, part['dataset']))}: {note.rstrip('.')}."
        for (note, _), part in told.groupby(["note", "semantics"], sort=True)
    ]
