"""Table 2: mAP and P@H<=2 of MGAH and DOPH on GoogLeNet, beside the published values.

A dataset without scores on GoogLeNet is shown with the backbones that it has, which stand in each heading.
"""

import pandas as pd

from mgah.report.aggregate import of_block
from mgah.report.grid import (
    TIDY,
    blocks,
    bold_words,
    by_length,
    cells,
    methods_of,
    overview,
    sizes,
    tidy,
    trained_words,
)
from mgah.report.outputs.base import Frame, Table
from mgah.report.paper.line_up import METHOD
from mgah.report.paper.notes import TABLE2_DAGGER
from mgah.report.paper.published import comparable, published, table_backbone
from mgah.report.style import METRICS, block_label
from mgah.report.wording import PROTOCOL, dataset_notes, paper_notes, run_notes, stand_in_words

SHOWN = ("mAP", "P@H<=2")
TITLE = "Table 2. MGAH and DOPH: mAP and P@H≤2 of unseen classes by code length"


def build(scores: pd.DataFrame, reference: pd.DataFrame, notes: pd.DataFrame) -> Table:
    """Table 2 of ``scores`` beside ``reference``; see `mgah.report.outputs.base`."""
    scores = _of_the_table(scores, reference)
    if scores.empty:
        return _nothing()
    data, frames = [], []
    for metric in SHOWN:
        paper = published(reference, "table2", metric, scores["backbone"])
        data.append(cells(scores, paper, metric).assign(metric=metric))
        frames += overview(data[-1], scores, reference, METRICS.get(metric, metric))
    shown = pd.concat(data, ignore_index=True)
    for block, rows in blocks(scores):
        for metric, numbers in zip(SHOWN, data, strict=True):
            part = of_block(numbers, block)
            caption = f"{block_label(*block)}: {METRICS.get(metric, metric)}\n{sizes(part)}."
            caption += trained_words(part)
            caption += stand_in_words(block[:1], reference)
            table = by_length(part, part, rows, rivals=True)
            frames.append(Frame(caption, table, block, methods=methods_of(part)))
    of_the_data = (
        *dataset_notes(scores),
        *paper_notes(scores, reference, "table2"),
        *run_notes(scores, notes),
    )
    return Table(
        TITLE,
        (*PROTOCOL, bold_words(shown), TABLE2_DAGGER, *of_the_data),
        tuple(frames),
        tidy(shown, ["metric"]),
    )


def _of_the_table(scores: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """Scores of the table's methods on its backbone, or on those there are where a dataset has none on it."""
    scores = comparable(scores, reference, "table2")
    dagger = (scores["method"] == METHOD) & (scores["backbone"] == table_backbone(reference, "table2"))
    return scores.assign(label=scores["label"].mask(dagger, scores["label"] + "†"))


def _nothing() -> Table:
    """The table of a run that has neither method."""
    frame = Frame("Nothing to compare", pd.DataFrame({"Dataset": ["neither MGAH nor DOPH was run"]}))
    return Table(TITLE, PROTOCOL, (frame,), pd.DataFrame(columns=[*TIDY, "metric"]))
