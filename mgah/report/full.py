"""Counts the splits and seeds behind a cell, and says of a cell with fewer than others how many it has."""

from typing import NamedTuple

import pandas as pd

from mgah.evaluation.reference_lines import REFERENCE_LINES
from mgah.report.style import is_control


class Size(NamedTuple):
    """How many splits and seeds stand behind a cell.

    Examples:
        >>> Size(splits=10, seeds=3).seeds
        3
    """

    splits: int
    seeds: int


def full_size(cells: pd.DataFrame, splits: int) -> Size:
    """What a full one of ``cells`` has: all ``splits`` of its setting, and as many seeds as most on these.

    Of several numbers of seeds that as many cells have, the largest. Controls, which do not compete, do not decide it.

    Args:
        cells: ``method`` and columns of `mgah.report.aggregate.summarize`; ``runs`` is NaN for a cell without runs.
        splits: how many splits the setting has.

    Examples:
        >>> seeds = {"itq": 3, "ksh": 3, "tsk": 1, "my_own": 5}
        >>> cells = pd.DataFrame({"method": list(seeds), "seeds": seeds.values()}).assign(splits=10, runs=30)
        >>> full_size(cells, splits=10)
        Size(splits=10, seeds=3)
    """
    rivals = cells[cells["runs"].notna() & ~cells["method"].map(is_control).astype(bool)]
    on_all = rivals[rivals["splits"] == splits]
    seeds = (rivals if on_all.empty else on_all)["seeds"].mode()
    return Size(splits, 1 if seeds.empty else int(seeds.max()))


def is_full(cells: pd.DataFrame, size: Size) -> pd.Series:
    """Whether each of ``cells`` stands on all splits and seeds of ``size``; only such cells can be ranked.

    Examples:
        >>> is_full(pd.DataFrame({"splits": [10, 10, 2], "seeds": [3, 1, 3]}), Size(10, 3)).tolist()
        [True, False, False]
    """
    return (cells["splits"] >= size.splits) & (cells["seeds"] >= size.seeds)


def full_among(shown: pd.DataFrame, cells: pd.DataFrame, splits: int) -> pd.Series:
    """Whether each of the cells ``shown`` is a full one among ``cells``, such as all of one code length.

    Examples:
        >>> cells = pd.DataFrame({"method": ["itq", "ksh", "dhn"], "seeds": [3, 3, 1]}).assign(splits=10, runs=30)
        >>> full_among(cells[1:], cells, splits=10).tolist()
        [True, False]
    """
    return is_full(shown, full_size(cells, splits))


def fewer_words(cell: pd.Series, size: Size) -> str:
    """What a cell on fewer splits or seeds than ``size`` has, with a space before it; empty for any other.

    A reference line draws nothing, so it has no seeds to lack.

    Examples:
        >>> fewer_words(pd.Series({"splits": 2, "seeds": 1}), Size(10, 3))
        ' (2 of 10 splits, 1 of 3 seeds)'
        >>> fewer_words(pd.Series({"splits": 10, "seeds": 3}), Size(10, 3))
        ''
    """
    fewer = [f"{cell['splits']:.0f} of {size.splits} splits"] if cell["splits"] < size.splits else []
    if cell["seeds"] < size.seeds and cell.get("method") not in REFERENCE_LINES:
        fewer.append(f"{cell['seeds']:.0f} of {size.seeds} seeds")
    return f" ({', '.join(fewer)})" if fewer else ""
