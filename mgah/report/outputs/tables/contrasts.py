"""When does it pay? Differences between methods against the strength of a setting's features."""

from collections.abc import Sequence

import pandas as pd

from mgah.evaluation.contrasts import METRICS
from mgah.evaluation.reference_lines import NO_CODING, REFERENCE_LINES
from mgah.report.aggregate import of_block
from mgah.report.contrasts import against_words, heading_of, held_out, over_splits, parts_of, whole
from mgah.report.grid import bits_words, trained_column, trained_words
from mgah.report.order import in_method_order
from mgah.report.outputs.base import BACKBONE_COLUMN, METHOD_COLUMN, Frame, Note, Table
from mgah.report.outputs.tables.significance import interval_text
from mgah.report.sizes import size_text
from mgah.report.style import METRICS as METRIC_WORDS
from mgah.report.style import block_label, dataset_label
from mgah.report.wording import (
    MISSING,
    dataset_notes,
    leak_notes,
    run_notes,
    stand_in_marks,
)
from mgah.tables.keys import SETTING

NOTES = (
    f"Strength: mAP of {REFERENCE_LINES[NO_CODING]} on the features of the setting's backbone as they are, frozen and "
    "not trained here, also for what is trained end to end; the mean over the same splits.",
    "Difference: a split's mean over seeds of the method minus that of what it is set against, over the seeds that all "
    "have; of several methods the best of that split and metric is taken, which favors them. Mean over splits, 95 % "
    "Student t interval over splits; the splits of a dataset share its images.",
    "Won: splits with a difference above 0. p: two-sided sign flips of the splits' differences, exact up to 13 splits, "
    "each for itself and adjusted for no other: a description, not a verdict.",
)

#: What one line of differences is.
_ROW = ["part", "dataset", "backbone", "semantics", "method", "trained", "against"]
#: Columns for what settings differ in beside the backbone, and the words of their values.
_ASIDE = {"dataset": ("Dataset", dataset_label), "semantics": ("Semantics", str)}


def build(
    contrasts: pd.DataFrame, scores: pd.DataFrame, reference: pd.DataFrame, notes: pd.DataFrame
) -> Table:
    """The table of ``contrasts``; see `mgah.report.outputs.base`."""
    data = over_splits(contrasts)
    told_apart = [name for name in _ASIDE if data[name].nunique() > 1]
    frames = [
        _overview(f"{heading_of(part)}, {bits_words(bits)}{over}", rows, reference, told_apart)
        for part in parts_of(data)
        for bits, of_part in data[data["part"] == part].groupby("bits", sort=True)
        for over, rows in (("", whole(of_part)), (", without development splits", held_out(of_part)))
        if not rows.empty
    ]
    by_strength = whole(data).query("metric == 'mAP'").drop_duplicates(list(SETTING))[list(SETTING)]
    for block in by_strength.itertuples(index=False, name=None):
        rows = of_block(contrasts[contrasts["metric"] == "mAP"], block)
        text = f"Differences, and the features' own mAP. {stand_in_marks(block[:1], reference)}".strip()
        frames.append(Frame(f"{block_label(*block)}: mAP on every split\n{text}", _splits(rows), block))
    if not frames:
        frames = [Frame("No contrasts", pd.DataFrame({METHOD_COLUMN: ["no contrast was run"]}))]
    shown = scores.merge(data[list(SETTING)].drop_duplicates())
    told: tuple[str | Note, ...] = (*dataset_notes(shown), *leak_notes(shown), *run_notes(shown, notes))
    return Table("When does it pay?", (*NOTES, *_chosen_on(contrasts), *told), tuple(frames), data)


def _chosen_on(contrasts: pd.DataFrame) -> tuple[str, ...]:
    """What development splits are, where there are some."""
    marked = contrasts[contrasts["development"] == "yes"]
    named = [
        f"{', '.join(sorted(set(rows['split'])))} of {dataset_label(name)}"
        for name, rows in marked.groupby("dataset")
    ]
    if not named:
        return ()
    return (f"Development splits, on which defaults of methods were once chosen: {'; '.join(named)}.",)


def _overview(heading: str, rows: pd.DataFrame, reference: pd.DataFrame, told_apart: Sequence[str]) -> Frame:
    """One part at one code length, a row a contrast and setting; weakest features first."""
    cells = differences(rows, told_apart)
    first = rows.loc[cells.index]
    for name, texts in trained_column(first).items():
        cells.insert(list(cells).index(BACKBONE_COLUMN) + 1, name, texts)
    stand_in = stand_in_marks(sorted(rows["dataset"].unique()), reference)
    text = f"{size_text(first)}.{trained_words(first)} {stand_in}".strip()
    return Frame(f"{heading}\n{text}", cells, methods=tuple(first["method"]))


def differences(rows: pd.DataFrame, told_apart: Sequence[str] = ()) -> pd.DataFrame:
    """Cells of ``rows`` of `mgah.report.contrasts.over_splits` at one code length: a line a contrast and setting.

    Lines have the index of the first of their rows. Those of ``dataset`` and ``semantics`` that are ``told_apart`` are
    columns: what the settings of a whole table differ in, also where those of ``rows`` do not.
    """
    first = rows.drop_duplicates(_ROW)
    cells = {METHOD_COLUMN: first["label"], "Minus": [against_words(row) for _, row in first.iterrows()]}
    cells |= {_ASIDE[name][0]: first[name].map(_ASIDE[name][1]) for name in told_apart}
    cells |= {BACKBONE_COLUMN: first["backbone"], "Strength": first["strength"].map(_number)}
    for metric in METRICS:
        of = rows[rows["metric"] == metric].set_index(_ROW).reindex(pd.MultiIndex.from_frame(first[_ROW]))
        word = METRIC_WORDS.get(metric, metric)
        cells[word] = [interval_text(row) for _, row in of.iterrows()]
        cells[f"{word}: won"] = [MISSING if pd.isna(row["won"]) else _won(row) for _, row in of.iterrows()]
        cells[f"{word}: p"] = [MISSING if pd.isna(p) else f"{p:.4f}" for p in of["p"]]
    return pd.DataFrame(cells, index=first.index)


def _won(row: pd.Series) -> str:
    return f"{row['won']:.0f}/{row['splits']:.0f}"


def _splits(rows: pd.DataFrame) -> pd.DataFrame:
    """mAP without coding, and each difference in mAP, on every split of one setting."""
    strength = rows.drop_duplicates("split").set_index("split")["strength"].sort_index()
    found = [{"Part": "strength", METHOD_COLUMN: REFERENCE_LINES[NO_CODING], **strength.map(_number)}]
    parts = parts_of(rows)
    ordered = in_method_order(
        rows.assign(place=rows["part"].map(parts.index)), ["place"], ["bits", "against"]
    )
    for (part, _, _, bits), group in ordered.groupby(["part", "method", "against", "bits"], sort=False):
        first, values = group.iloc[0], group.set_index("split")["value"].reindex(strength.index)
        texts = {split: f"{value:+.3f}" for split, value in values.items() if pd.notna(value)}
        lacking = {split: "n/a (undefined)" for split in group["split"]}
        name = {"Part": part, METHOD_COLUMN: first["label"], "Minus": against_words(first), "Bits": str(bits)}
        found.append(name | lacking | texts)
    columns = ["Part", METHOD_COLUMN, "Minus", "Bits", *strength.index]
    cells = pd.DataFrame(found, columns=columns)
    return cells.fillna(dict.fromkeys(columns[:4], MISSING)).fillna("n/a (not run)")


def _number(value: float) -> str:
    return "n/a (undefined)" if pd.isna(value) else f"{value:.3f}"
