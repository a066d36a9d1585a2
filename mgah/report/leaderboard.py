"""A run beside submissions: mAP by method and source, best first, and what decides between them, on a page of its own.

The page is that of the run, ``leaderboard.html`` beside ``report.html``, with this table and with the sources in the
table of all scores; ``leaderboard.csv`` has all values. The run's own files stay as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.report.aggregate import of_block, summarize
from mgah.report.beside import ROW, differences
from mgah.report.footnotes import numbered
from mgah.report.full import full_among, full_size
from mgah.report.grid import bits_words, blocks, bold, joined_texts, trained_column
from mgah.report.outputs.base import METHOD_COLUMN, Frame, Table
from mgah.report.outputs.tables.significance import DEVELOPMENT_NOTE, verdict_columns
from mgah.report.page.sections import Section
from mgah.report.paper.published import REFERENCE, read_reference
from mgah.report.sizes import size_text
from mgah.report.source_notes import names_of, source_notes, told_of
from mgah.report.style import block_label, headline_bits, is_control
from mgah.report.submissions import Submission, comparable
from mgah.report.wording import (
    MISSING,
    PROTOCOL,
    dataset_notes,
    estimate,
    leak_notes,
    stand_in_marks,
    without_words,
)
from mgah.report.writers import write_table
from mgah.tables.keys import SETTING
from mgah.tables.leaderboard import COLUMNS, write_leaderboard
from mgah.tables.scores import whole_split
from mgah.words import counted

#: Name of the table and of the page.
NAME = "leaderboard"
SOURCE_COLUMN = "Source"
#: What a row of the table is of.
_ROW = (*SETTING, "method", "label", "trained", "source")
#: Columns of the tidy table that a comparison adds, and what they are called there.
_DIFFERENCE = {"low": "difference_low", "high": "difference_high"} | {
    name: name
    for name in ("difference", "unit", "units", "won", "d_z", "p", "family", "p_holm", "verdict", "reason")
}
NOTES = (
    "mAP of every method of every source, in the order of the highest at the code length nearest to 32. Sources are "
    "other runs, or submissions of other people; all of them have the same lists of training images, queries and "
    "database in each split that stands here, and nothing of them was computed again. Methods of one name may be "
    "other programs, or have other parameters, in another source.",
    "A value over fewer splits or seeds than most others says so and is not marked as the best: a mean over other "
    "splits or seeds is no comparison.",
)
#: Where anything was compared.
VERDICT_NOTE = (
    "Verdicts are on the run's reference method against the methods of the other sources, on the splits and seeds that "
    "both have, by the rules of the table Differences between methods; a method that has none of them with the "
    "reference has no verdict. Difference: the mean over the units that decide, "
    "splits or unseen classes, of the reference's mAP minus the other's; above 0 the reference is better. The family, "
    "for which Holm's p is adjusted, is all methods of a setting that were run at the code length in its heading, "
    "without controls and without those whose every value is the run's own; it was not fixed before the runs."
)


def merged(run: Submission, others: Sequence[Submission]) -> tuple[pd.DataFrame, list[str]]:
    """Return the scores of ``run`` and of all ``others`` that are comparable, by source, and notes on these.

    Raises:
        InputError: for two sources of one name, or one that is not comparable.
    """
    names = [source.name for source in (run, *others)]
    if twice := [name for name in names if names.count(name) > 1]:
        raise InputError(
            f"{len(twice)} sources are called {twice[0]!r}, expected a name each: --merge NAME=FOLDER"
        )
    tables, notes = [run.scores.assign(source=run.name)], [_origin(run)]
    beside: list[Submission] = []
    for other in others:
        kept, left_out = comparable(run, other, beside)
        beside.append(replace(other, scores=kept))
        tables.append(kept.assign(source=other.name))
        notes += [_origin(other), *left_out]
    return pd.concat(tables, ignore_index=True)[list(COLUMNS)], notes


def _origin(source: Submission) -> str:
    commit = source.record.get("commit")
    code = f"code of commit {str(commit)[:12]}" if commit else "code of no commit that is known"
    changed = ", with changes to it" if source.record.get("changed") else ""
    methods = counted(source.scores.dropna(subset="bits")["method"].nunique(), "method")
    return f"{source.name}: {methods} from the folder {source.place.resolve().name}, {code}{changed}."


def build(
    scores: pd.DataFrame,
    notes: Sequence[str],
    run: str,
    reference: str,
    development: Mapping[str, Sequence[str]] | None = None,
    told: pd.DataFrame | None = None,
) -> Table:
    """The table of the `merged` ``scores`` and ``notes``: a part a setting, a column a code length.

    More parts of a setting compare the method ``reference`` of the source ``run`` with those of the others, on all
    splits, and without the ``development`` splits of its dataset. What is ``told`` of the methods of
    the sources (`mgah.report.source_notes.told_of`) becomes footnotes.
    """
    trained = scores.groupby([*SETTING, "source", "method"])["trained"].transform(joined_texts)
    scores = scores.assign(trained=trained)
    data, frames, verdict_notes = [], [], dict[str, None]()
    paper = read_reference(REFERENCE)
    for block, of_whole_splits in blocks(whole_split(scores, "mAP").dropna(subset="bits")):
        place, rows = (block[0], block[1], block[2]), of_block(scores, block)
        cells = summarize(of_whole_splits, (*_ROW, "bits"))
        stand_in = stand_in_marks(block[:1], paper)
        frames.append(_frame(place, cells, of_whole_splits["split"].nunique(), stand_in))
        compared = differences(rows, run, reference)
        found = compared[[*ROW, *_DIFFERENCE]].rename(columns=_DIFFERENCE)
        data.append(cells.merge(found, how="left", on=list(ROW)))
        if compared.empty:
            continue
        ours = rows.loc[(rows["source"] == run) & (rows["method"] == reference), "label"].iloc[0]
        frames.append(_verdicts(place, compared, cells, ours, stand_in))
        verdict_notes[VERDICT_NOTE] = None
        left_out = sorted(set((development or {}).get(block[0], ())) & set(of_whole_splits["split"]))
        if not left_out:
            continue
        held_out = differences(rows[~rows["split"].isin(left_out)], run, reference)
        if not held_out.empty:
            frames.append(_verdicts(place, held_out, cells, ours, stand_in, without_words(left_out)))
            verdict_notes[DEVELOPMENT_NOTE] = None
    shown = pd.concat([of_block(scores, frame.block) for frame in frames if frame.block], ignore_index=True)
    footnotes = [] if told is None else source_notes(shown, told)
    return Table(
        "Leaderboard: this run beside others",
        (*NOTES, *verdict_notes, *notes, *PROTOCOL, *dataset_notes(shown), *leak_notes(shown), *footnotes),
        tuple(frames),
        pd.concat(data, ignore_index=True),
    )


def _frame(block: tuple[str, str, str], cells: pd.DataFrame, splits: int, stand_in: str) -> Frame:
    lengths = sorted(cells["bits"].unique().tolist())
    by_length = {bits: cells[cells["bits"] == bits].set_index(list(_ROW)) for bits in lengths}
    means = pd.DataFrame({bits: part["mean"] for bits, part in by_length.items()})
    order = means.sort_values(
        headline_bits(lengths), ascending=False, na_position="last", kind="stable"
    ).index
    shown = order.to_frame(index=False)
    frame = {METHOD_COLUMN: shown["label"], SOURCE_COLUMN: shown["source"], **trained_column(shown)}
    control = shown["method"].map(is_control).to_numpy(bool)
    size = full_size(cells, splits)
    for bits, part in by_length.items():
        column = part.reindex(order)
        texts = [MISSING if pd.isna(cell["runs"]) else estimate(cell, *size) for _, cell in column.iterrows()]
        full = full_among(column, cells[cells["bits"] == bits], splits).to_numpy(bool)
        frame[bits_words(bits)] = bold(texts, column["mean"].where(full & ~control))
    heading = f"{block_label(*block)}: mAP"
    text = f"± is half of the 95 % interval, as in Table 1. {stand_in}".strip()
    return Frame(f"{heading}\n{text}", pd.DataFrame(frame), block, methods=tuple(names_of(shown)))


def _verdicts(
    block: tuple[str, str, str],
    compared: pd.DataFrame,
    cells: pd.DataFrame,
    ours: str,
    stand_in: str,
    without: str = "",
) -> Frame:
    """The family of the comparisons of a setting, whose rows of the table are ``cells``; the strongest rival first."""
    family = compared[compared["family"] == "yes"].merge(
        cells[[*ROW, "label", "trained"]], how="left", on=list(ROW)
    )
    family = family.sort_values("difference", kind="stable", ignore_index=True)
    frame = verdict_columns(family, ours, always=True)
    frame.insert(1, SOURCE_COLUMN, family["source"])
    length = bits_words(int(family["bits"].iloc[0]))
    heading = f"{block_label(*block)}: {ours} of this run against the methods of others, {length}{without}"
    text = f"Over {size_text(family)}. {stand_in}".strip()
    return Frame(f"{heading}\n{text}", frame, block, methods=tuple(names_of(family)))


def write(folder: Path, run: Submission, others: Sequence[Submission]) -> tuple[pd.DataFrame, Section]:
    """Write the table and all values to the ``folder`` of the run, and return the `merged` scores and the table."""
    scores, notes = merged(run, others)
    config = run.record["config"]
    reference = config.get("comparison", {}).get("reference", "")
    marked = {word: of.get("development_splits", ()) for word, of in config.get("datasets", {}).items()}
    table = build(scores, notes, run.name, reference, marked, told_of([run, *others]))
    write_table(table, folder / "tables" / NAME)
    write_leaderboard(folder / f"{NAME}.csv", scores)
    return scores, Section(NAME, "tables", table.title, table=numbered(table))
