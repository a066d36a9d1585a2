"""The numbers a paper published, tidy: table, metric, dataset, backbone, method, bits, value, stand_ins.

``stand_ins`` names, joined by spaces, the datasets that may stand beside the published numbers of ``dataset``
although they are not the paper's data; they are told apart wherever they do.
"""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.tables.format import TableFormat

#: The paper's numbers, which come with the project.
REFERENCE = Path(__file__).with_name("published.csv")
KEY = ("table", "metric", "dataset", "backbone", "method", "bits")


def _fault(reference: pd.DataFrame) -> str | None:
    if not reference["value"].between(0, 1).all():
        return "holds values outside 0..1, a percentage is to be divided by 100"
    backbones = reference.groupby("table")["backbone"].unique()
    for table, found in backbones[backbones.map(len) > 1].items():
        return (
            f"gives {table} the backbones {', '.join(sorted(found))}, expected one: a table is of one backbone, "
            "so give the others a table of their own"
        )
    return _stand_ins_fault(reference)


def _stand_ins_fault(reference: pd.DataFrame) -> str | None:
    named = reference.groupby("dataset")["stand_ins"].unique()
    for dataset, found in named[named.map(len) > 1].items():
        return f"gives {dataset} the stand-ins {sorted(found)}, expected the same in all its rows"
    words = [word for found in named for word in found[0].split()]
    if ambiguous := {word for word in words if words.count(word) > 1} | set(words) & set(named.index):
        return (
            f"has the stand-ins {sorted(ambiguous)} for several datasets, or as a dataset of the paper, expected "
            "each for one that is not its own"
        )
    return None


PUBLISHED = TableFormat(
    name="published numbers",
    columns={name: int if name == "bits" else str for name in KEY} | {"value": float, "stand_ins": str},
    key=KEY,
    again="restore the file",
    check=_fault,
)
COLUMNS = tuple(PUBLISHED.columns)
read_reference = PUBLISHED.read


def stand_ins(reference: pd.DataFrame) -> dict[str, str]:
    """The paper's dataset that each stand-in dataset may be shown beside."""
    named = reference.drop_duplicates("dataset")
    return {
        word: dataset
        for dataset, words in zip(named["dataset"], named["stand_ins"], strict=True)
        for word in words.split()
    }


def published(reference: pd.DataFrame, table: str, metric: str, backbones: Iterable[str]) -> pd.DataFrame:
    """One published table and metric as ``dataset``, ``backbone``, ``method``, ``bits`` (Int64), ``published``.

    A backbone that the paper uses has its own numbers, so none in a table of another backbone; a stand-in,
    which the paper does not use at all, has those of the table's backbone under its own name. The same holds
    for the datasets: one that `stand_ins` names has the numbers of the paper's dataset under its own name.
    """
    part = reference[(reference["table"] == table) & (reference["metric"] == metric)]
    part = part.rename(columns={"value": "published"}).astype({"bits": "Int64"})
    part = part[["dataset", "backbone", "method", "bits", "published"]]
    part = pd.concat(
        [part]
        + [
            part[part["dataset"] == dataset].assign(dataset=word)
            for word, dataset in stand_ins(reference).items()
        ]
    )
    used = set(reference["backbone"])
    return pd.concat(
        [
            (part[part["backbone"] == word] if word in used else part).assign(backbone=word)
            for word in sorted(set(backbones))
        ],
        ignore_index=True,
    )


def table_backbone(reference: pd.DataFrame, table: str) -> str:
    """The backbone of a published table.

    Raises:
        InputError: where the published numbers have no such table.
    """
    found = reference.loc[reference["table"] == table, "backbone"]
    if found.empty:
        known = ", ".join(sorted(set(reference["table"]))) or "none"
        raise InputError(
            f"the published numbers have the tables {known}, expected some rows of {table} as well: restore the file, "
            "or add the rows to it"
        )
    return found.iloc[0]


def comparable(scores: pd.DataFrame, reference: pd.DataFrame, table: str) -> pd.DataFrame:
    """Scores of the methods of a published table, on its backbone, or where a dataset has none on it on all."""
    scores = scores[scores["method"].isin(reference.loc[reference["table"] == table, "method"])]
    on_it = scores["backbone"] == table_backbone(reference, table)
    return scores[on_it | ~scores["dataset"].isin(scores.loc[on_it, "dataset"])]
