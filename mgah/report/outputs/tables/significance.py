"""MGAH, or the config's reference method, against every other method: differences, intervals, tests, verdicts."""

from collections.abc import Sequence

import pandas as pd

from mgah.metrics.statistics import ALPHA, DECIDING_SPLITS
from mgah.report.aggregate import of_block, with_trained
from mgah.report.grid import bits_words, methods_of, trained_column
from mgah.report.order import in_method_order
from mgah.report.outputs.base import Block, Frame, Note, Table
from mgah.report.sizes import UNITS_COLUMN, size_columns, size_notes, size_text, unit_words
from mgah.report.style import block_label, method_order
from mgah.report.wording import (
    MISSING,
    dataset_notes,
    leak_notes,
    run_notes,
    span,
    stand_in_marks,
    without_words,
)
from mgah.tables.comparisons import all_splits, development_splits, held_out_splits
from mgah.tables.keys import SETTING

NOTES = (
    "Difference: mAP (expected average precision) of the reference method minus that of the other, on the "
    "same splits, seeds and queries; above 0 the reference is better.",
    f"Units: with {DECIDING_SPLITS} splits or more the splits decide, each with the mean over its seeds and queries. "
    "With fewer splits of several unseen classes the classes decide: the difference is then the mean over classes, "
    "which the printed mAP, a mean over queries, need not give. Queries are averaged and never drawn one by one, "
    "since those of one class rise and fall together.",
    "Interval: 95 % Student t over the units. Where classes decide, what all classes of a split share, its training "
    "images and seeds, is not in it; where splits decide it is, as each split draws its own random numbers.",
    "Holm p: two-sided sign flips of the units' differences, exact up to 13 units, adjusted for all "
    "comparisons of the family. The config fixes the family before the run: the reference against each "
    "baseline at one code length, without controls and variants.",
    f"Verdict, from the reference's view: better or worse where Holm p is at most {ALPHA} and the interval "
    "does not contain 0, else undecided. Won: units on which the reference is above. d_z: mean over standard "
    "deviation of the units' differences.",
    "Splits of one dataset share its images: a verdict speaks of these classes of this dataset. Outside the "
    "family an interval is a description.",
)

#: Where some splits are development splits.
DEVELOPMENT_NOTE = (
    "Development splits are those on which defaults were chosen, by a look at their unseen classes. All is given also "
    "without them, by the same rules: units are then the other splits, or the unseen classes of these where there "
    "are more, and the comparisons are a family of their own. Where so few are left that no Holm p can be 0.05, "
    "the verdict says so: interval and units won tell whether the difference stays."
)


def build(
    comparisons: pd.DataFrame, scores: pd.DataFrame, reference: pd.DataFrame, notes: pd.DataFrame
) -> Table:
    """The table of ``comparisons``; see `mgah.report.outputs.base`."""
    labels = scores[["method", "label"]].drop_duplicates()
    names = dict(zip(labels["method"], labels["label"], strict=True))
    data = comparisons.assign(label=comparisons["method"].map(names).fillna(comparisons["method"]))
    data = with_trained(data, scores)
    data = in_method_order(data, SETTING, ["bits", "split", "development"]).reset_index(drop=True)
    compared = dict(iter(data.groupby(list(SETTING), sort=True)))
    coded = scores[scores["bits"].notna()]
    frames = []
    for block, part in compared.items():
        frames += _frames(block, part, names, stand_in_marks(block[:1], reference))
    if others := sorted(set(coded[list(SETTING)].itertuples(index=False, name=None)) - compared.keys()):
        frames += _not_compared(others, data, coded, names)
    if not frames:
        frames = [
            Frame("Nothing was compared", pd.DataFrame({"Method": ["the reference method was not run"]}))
        ]
    told: tuple[str | Note, ...] = (
        *NOTES,
        *([DEVELOPMENT_NOTE] if (data["development"] == "yes").any() else []),
        *size_notes(frames),
        *dataset_notes(scores),
        *leak_notes(scores),
        *run_notes(scores, notes),
    )
    return Table("Differences between methods", told, tuple(frames), data)


def _frames(block: Block, part: pd.DataFrame, names: dict[str, str], stand_in: str) -> list[Frame]:
    """The family with its verdicts, on all splits and without development splits, every split, and all intervals."""
    ours = names.get(part["reference"].iloc[0], part["reference"].iloc[0])
    marked = development_splits(part, block[0])
    without = without_words(marked)
    whole, held_out = all_splits(part), held_out_splits(part)
    scopes = [("", whole), (without, held_out)]
    verdicts = [_verdicts(block, rows, ours, told, stand_in) for told, rows in scopes if not rows.empty]
    splits = []
    if (whole["family"] == "yes").any():
        length = whole.loc[whole["family"] == "yes", "bits"].iloc[0]
        rows = part[(part["split"] != "") & (part["bits"] == length)]
        cells, text = _splits(rows, ours, marked)
        heading = f"{block_label(*block)}: mAP on every split, {bits_words(length)}"
        splits = [Frame(f"{heading}\n{f'{text} {stand_in}'.strip()}", cells, block)]
    intervals = [_all_lengths(block, rows, ours, told, stand_in) for told, rows in scopes if not rows.empty]
    return [*verdicts, *splits, *intervals]


def _not_compared(
    blocks: Sequence[Block], data: pd.DataFrame, coded: pd.DataFrame, names: dict[str, str]
) -> list[Frame]:
    """Why nothing was compared in the settings ``blocks``, of whose methods ``coded`` has the scores.

    There is no frame where nothing was compared anywhere.
    """
    if data.empty:
        return []
    reference = data["reference"].iloc[0]
    ours = names.get(reference, reference)
    alone = f"no other method was run on a split, with a seed and at a code length of {ours}"
    why = {True: alone, False: f"{ours}, the reference method, was not run"}
    cells = {
        "Setting": [block_label(*block) for block in blocks],
        "Why": [why[reference in set(of_block(coded, block)["method"])] for block in blocks],
    }
    return [Frame("Settings in which nothing was compared", pd.DataFrame(cells))]


def _verdicts(block: Block, rows: pd.DataFrame, ours: str, without: str, stand_in: str) -> Frame:
    """The family of ``rows`` with its verdicts, or that there is none; ``without`` says which splits are left out."""
    if (rows["family"] == "yes").any():
        return _family(block, rows, ours, without, stand_in)
    why = f"no baseline was run with {ours} at the code length that is compared, so there is no verdict"
    heading = f"{block_label(*block)}: {ours} against each baseline{without}"
    return Frame(heading, pd.DataFrame({"Method": [why]}), block)


def _family(block: Block, whole: pd.DataFrame, ours: str, without: str, stand_in: str) -> Frame:
    """The family with its verdicts; ``without`` says which splits are left out."""
    family = whole[whole["family"] == "yes"]
    text = f"{size_text(family)}, {_queries(family)}. {_reference_words(family, ours)} "
    text += f"{unit_words(family)} {stand_in}"
    heading = (
        f"{block_label(*block)}: {ours} against each baseline, {bits_words(family['bits'].iloc[0])}{without}"
    )
    return Frame(
        f"{heading}\n{text.strip()}", verdict_columns(family, ours), block, methods=tuple(family["method"])
    )


def _queries(family: pd.DataFrame) -> str:
    return "1 query" if set(family["queries"]) == {1} else f"{span(family['queries'])} queries"


def _all_lengths(block: Block, whole: pd.DataFrame, ours: str, without: str, stand_in: str) -> Frame:
    """All differences with their intervals; ``without`` says which splits are left out."""
    text = f"Difference and 95 % interval. {unit_words(whole)} {stand_in}".strip()
    heading = f"{block_label(*block)}: {ours} against all methods, all lengths{without}"
    return Frame(f"{heading}\n{text}", _intervals(whole), block, methods=methods_of(whole))


def _reference_words(family: pd.DataFrame, ours: str) -> str:
    """The mAP of the reference in a sentence, from the lowest to the highest where rows are of other runs."""
    values = family["reference_mAP"].map(number_text)
    if values.nunique() == 1:
        return f"{ours} has an mAP of {values.iloc[0]}."
    defined = values[family["reference_mAP"].notna()]
    return f"{ours} has an mAP of {span(defined)}, on the splits and seeds of each row."


def verdict_columns(family: pd.DataFrame, ours: str, always: bool = False) -> pd.DataFrame:
    """The comparisons of a family with the method labeled ``ours`` for people, a row a method.

    ``family`` has also its ``label`` and ``trained``. Units and the mAP of ``ours`` have a column where rows differ in
    them, or ``always``.
    """
    values = family["reference_mAP"].map(number_text)
    return pd.DataFrame(
        {
            "Method": family["label"],
            **trained_column(family),
            "mAP": family["mAP"].map(number_text),
            **({f"mAP of {ours}": values} if always or values.nunique() > 1 else {}),
            "Difference": [interval_text(row) for _, row in family.iterrows()],
            **size_columns(family, [UNITS_COLUMN] if always else []),
            "Won": [f"{row['won']}/{row['units']}" for _, row in family.iterrows()],
            "d_z": [MISSING if pd.isna(value) else f"{value:.2f}" for value in family["d_z"]],
            "Holm p": [MISSING if pd.isna(value) else f"{value:.4f}" for value in family["p_holm"]],
            "Verdict": [_decision(row) for _, row in family.iterrows()],
        }
    )


def _decision(row: pd.Series) -> str:
    return f"{row['verdict']} ({row['reason']})" if row["reason"] else row["verdict"]


def _splits(splits: pd.DataFrame, ours: str, marked: Sequence[str]) -> tuple[pd.DataFrame, str]:
    """mAP of the reference and of every method, a column a split; ``marked`` ones are development splits.

    Where methods are compared with the reference on other seeds, it has a line above those of one set of seeds each,
    which is the second thing that is returned: in words, empty where there is one line.
    """
    texts = splits.assign(text=splits["mAP"].map(number_text), ours=splits["reference_mAP"].map(number_text))
    values = texts.pivot(index="method", columns="split", values="text").fillna("n/a (not run)")
    groups = _with_one_reference(texts.pivot(index="method", columns="split", values="ours"))
    labels = splits.drop_duplicates("method").set_index("method")["label"]
    rows = []
    for reference, methods in groups:
        rows.append([ours, *reference.fillna(MISSING)])
        rows += [[labels[word], *values.loc[word]] for word in methods]
    names = [f"{split} (development)" if split in marked else split for split in values.columns]
    text = f"Each line of {ours} is over the seeds of the methods below it." if len(groups) > 1 else ""
    return pd.DataFrame(rows, columns=["Method", *names]), text


def _with_one_reference(values: pd.DataFrame) -> list[tuple[pd.Series, list[str]]]:
    """The reference's ``values`` by split, and the methods beside which it has them where they were run.

    ``values`` are by (method, split), NaN where a method was not run. Methods are in their order.
    """
    groups: list[tuple[pd.Series, list[str]]] = []
    for word in sorted(values.index, key=method_order):
        own = values.loc[word]
        for place, (found, methods) in enumerate(groups):
            if ((found == own) | found.isna() | own.isna()).all():
                groups[place] = (found.combine_first(own), [*methods, word])
                break
        else:
            groups.append((own, [word]))
    return groups


def _intervals(whole: pd.DataFrame) -> pd.DataFrame:
    """Differences with their intervals, a row a method, a column a code length; units and seeds where they differ."""
    lengths, rows, sizes = sorted(whole["bits"].unique()), [], size_columns(whole)
    methods = whole.drop_duplicates("method")
    for _, group in whole.groupby("method", sort=False):
        cells = {row["bits"]: interval_text(row) for _, row in group.iterrows()}
        size = [_by_length(texts[group.index], group["bits"], lengths) for texts in sizes.values()]
        rows.append(
            [group["label"].iloc[0], *size, *(cells.get(length, "n/a (not run)") for length in lengths)]
        )
    frame = pd.DataFrame(rows, columns=["Method", *sizes, *map(bits_words, lengths)])
    for name, column in trained_column(methods).items():
        frame.insert(1, name, column)
    return frame


def _by_length(texts: pd.Series, bits: pd.Series, lengths: Sequence[int]) -> str:
    """What ``texts`` of one method say, once or, where code lengths differ, of each of ``lengths``."""
    found = dict(zip(bits, texts, strict=True))
    same = len(set(found.values())) == 1
    return texts.iloc[0] if same else " / ".join(found.get(length, MISSING) for length in lengths)


def interval_text(row: pd.Series) -> str:
    """``+0.026 [0.010, 0.041]`` of a difference and its interval; without one, the difference alone."""
    if pd.isna(row["difference"]):
        return "n/a (undefined)"
    interval = "" if pd.isna(row["low"]) else f" [{row['low']:.3f}, {row['high']:.3f}]"
    return f"{row['difference']:+.3f}{interval}"


def number_text(value: float) -> str:
    """``0.251`` of a value, or that it is undefined."""
    return "n/a (undefined)" if pd.isna(value) else f"{value:.3f}"
