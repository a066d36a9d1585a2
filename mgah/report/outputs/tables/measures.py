"""What other papers print: mAP@R, P@k and mAP among unseen classes, and whether the order of methods depends on it."""

from collections.abc import Iterator

import pandas as pd
from scipy.stats import spearmanr

from mgah.report.aggregate import CELL, of_block, summarize, with_trained
from mgah.report.full import Size, full_size, is_full
from mgah.report.grid import bits_words, blocks, bold, trained_column, trained_words
from mgah.report.order import in_method_order
from mgah.report.outputs.base import METHOD_COLUMN, Block, Frame, Table
from mgah.report.style import block_label, is_control
from mgah.report.wording import (
    MISSING,
    PROTOCOL,
    dataset_notes,
    estimate,
    interval_words,
    leak_notes,
    measure_notes,
    run_notes,
    size_words,
)
from mgah.tables.keys import SETTING
from mgah.tables.measures import AMONG_UNSEEN, ASYMMETRIC, CHANCE_AMONG_UNSEEN, is_asymmetric
from mgah.tables.scores import whole_split

NOTES = (
    "mAP ranks the whole database, as the paper does. mAP@R is the mean average precision of the first R ranks, over "
    "the hits within them, as most programs since 2017 compute it; P@k is the share of hits among the first k ranks. "
    "Items at equal distance count as in all orders, with the same weight.",
    "mAP among unseen: the same queries, and of the database only the images of unseen classes. It is always higher, "
    "as chance is, which stands beside it; with one unseen class it would be 1 and is left out. The other columns rank "
    "seen and unseen classes together, where a query of an unseen class also has to avoid all seen ones.",
    "Order: Spearman's rank correlation between the order of the methods by a measure and that by mAP, over all "
    "methods that are no controls. Far below 1, a conclusion drawn from one measure does not hold for the other.",
)
#: What a caption adds where some cells stand on fewer splits or seeds than a full one.
FULL_ALONE = "Bold and order: of methods on all splits and seeds."
ASYMMETRIC_NOTE = (
    "Asymmetric: a query is not rounded to bits, while the database is. Items are ranked by the sum over bits of "
    "|sigmoid(o) - b|, with the query's real outputs o and the item's bits b of 0 and 1, as some papers since 2025 do. "
    "It depends on the scale of a method's outputs: where they are large it is Hamming distance. A method whose code "
    "is not the signs of real outputs has no value."
)
#: Name of each measure that is not called by itself.
WORDS = {AMONG_UNSEEN: "mAP among unseen", CHANCE_AMONG_UNSEEN: "chance among unseen"}
COLUMNS = (*CELL, "metric", "mean", "low", "high", "interval", "splits", "seeds", "runs", "order")
_ORDER = "Order as by mAP"


def build(measures: pd.DataFrame, scores: pd.DataFrame, notes: pd.DataFrame) -> Table:
    """The table of ``measures`` beside mAP of the ``scores``; see `mgah.report.outputs.base`."""
    data, frames = [pd.DataFrame(columns=list(COLUMNS))], []
    for block, bits, cells in _parts(measures, scores):
        data.append(cells)
        frames.append(_frame(block, bits, cells, of_block(scores, block)))
    if not frames:
        frames = [Frame("No measures", pd.DataFrame({METHOD_COLUMN: ["no method was measured"]}))]
    shown = scores.merge(measures[list(SETTING)].drop_duplicates(), on=list(SETTING))
    return Table(
        "What other papers print",
        (
            *NOTES,
            *_asymmetric_note(measures),
            *measure_notes(measures),
            *PROTOCOL,
            *dataset_notes(shown),
            *leak_notes(shown),
            *run_notes(shown, notes),
        ),
        tuple(frames),
        pd.concat([part for part in data if not part.empty] or data, ignore_index=True),
    )


def _asymmetric_note(measures: pd.DataFrame) -> tuple[str, ...]:
    return (ASYMMETRIC_NOTE,) if measures["metric"].map(is_asymmetric).any() else ()


def _parts(measures: pd.DataFrame, scores: pd.DataFrame) -> Iterator[tuple[Block, int, pd.DataFrame]]:
    """Each block and code length with its summaries, a row a method and measure, mAP first."""
    names = ["mAP", *sorted(measures["metric"].unique(), key=_place)]
    for block, of_scores in blocks(scores):
        rows = pd.concat([whole_split(of_scores, "mAP"), of_block(measures, block)], ignore_index=True)
        if rows["metric"].nunique() < 2:
            continue
        for bits, part in rows[rows["bits"].notna()].groupby("bits", sort=True):
            cells = summarize(part, [*CELL, "metric"])
            cells["metric"] = pd.Categorical(
                cells["metric"], [name for name in names if name in set(part["metric"])]
            )
            cells = with_trained(in_method_order(cells, [], ["metric"]), of_scores)
            size = full_size(cells, of_scores["split"].nunique())
            orders = cells["metric"].astype(str).map(_orders(cells[_ranked(cells, size)]))
            yield (block[0], block[1], block[2]), int(bits), cells.assign(order=orders)


def _place(name: str) -> tuple:
    """Order of print: mAP@R by R, P@k by k, among unseen classes, its chance; then asymmetric mAP, and mAP@R by R."""
    kind, _, rank = name.partition("@")
    number = int(rank) if rank.isdecimal() else 0
    if is_asymmetric(name):
        return True, False, False, False, number
    return False, name.startswith("chance"), not rank, kind != "mAP", number


def _words(name: str) -> str:
    """The heading of a measure's column."""
    return f"{name.removeprefix(ASYMMETRIC)}, asymmetric" if is_asymmetric(name) else WORDS.get(name, name)


def _ranked(cells: pd.DataFrame, size: Size) -> pd.Series:
    """Which of ``cells`` are ranked: those of methods, no controls, on all splits and seeds."""
    return is_full(cells, size) & ~cells["method"].map(is_control).astype(bool)


def _orders(ranked: pd.DataFrame) -> dict[str, float]:
    """Spearman's correlation of each measure with mAP over the cells ``ranked``; undefined for chance."""
    table = ranked.pivot(index="method", columns="metric", values="mean")
    found = {}
    for name in table.columns:
        both = table[["mAP", name]].dropna() if name != "mAP" else pd.DataFrame()
        if name != CHANCE_AMONG_UNSEEN and len(both) > 2 and both.nunique().min() > 1:
            found[str(name)] = float(spearmanr(both.iloc[:, 0], both.iloc[:, 1]).statistic)
    return found


def _frame(block: Block, bits: int, cells: pd.DataFrame, scores: pd.DataFrame) -> Frame:
    methods, size = cells.drop_duplicates("method"), full_size(cells, scores["split"].nunique())
    cells = cells.assign(ranked=_ranked(cells, size))
    frame = {METHOD_COLUMN: [*methods["label"], _ORDER]}
    trained = trained_column(methods)
    frame |= {name: [*column, MISSING] for name, column in trained.items()}
    for metric, column in cells.groupby("metric", observed=True, sort=True):
        column = column.set_index("method").reindex(methods["method"])
        absent = column["runs"].isna() & is_asymmetric(metric)
        texts = [
            MISSING if none else estimate(cell, *size)
            for none, (_, cell) in zip(absent, column.iterrows(), strict=True)
        ]
        competing = column["mean"].where(column["ranked"].eq(True) & (metric != CHANCE_AMONG_UNSEEN))
        order = column["order"].dropna()
        frame[_words(metric)] = [
            *bold(texts, competing),
            f"{order.iloc[0]:.2f}" if len(order) else MISSING,
        ]
    text = "; ".join(filter(None, (size_words(cells), interval_words(cells)))) + "."
    alone = is_full(cells, size) | cells["method"].map(is_control)
    text += "" if alone.all() else f" {FULL_ALONE}"
    heading, names = f"{block_label(*block)}: {bits_words(bits)}", (*methods["method"], _ORDER)
    return Frame(f"{heading}\n{text}{trained_words(methods)}", pd.DataFrame(frame), block, methods=names)
