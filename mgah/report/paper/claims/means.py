"""Differences of means over code lengths: over those at which both sides were run."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from mgah.report.paper.claims.evidence import less
from mgah.report.paper.claims.judging import Difference
from mgah.report.paper.claims.words import span

#: Score rows of one metric by code length.
Runs = Mapping[int, pd.DataFrame]


def mean_less(first: Runs, second: Runs) -> tuple[tuple[int, ...], pd.Series]:
    """The code lengths of ``first`` at which both have rows, and `less` of them; no lengths, no values.

    Examples:
        >>> runs = pd.DataFrame({"split": ["a"], "seed": [0], "class": [""], "value": [0.5]})
        >>> lengths, values = mean_less({8: runs, 32: runs}, {8: runs[:0], 32: runs.assign(value=0.25)})
        >>> lengths, values.to_dict()
        ((32,), {'a': 0.25})
    """
    lengths = tuple(n for n, rows in first.items() if len(rows) and n in second and len(second[n]))
    if not lengths:
        return (), pd.Series(dtype="float64")
    return lengths, less([first[n] for n in lengths], [second[n] for n in lengths])


def by_lengths(differences: Iterable[tuple[Sequence[int], Difference]]) -> dict[str, list[Difference]]:
    """Differences by the code lengths that they are means over, in words; those without a length are left out.

    Examples:
        >>> item = Difference(pd.Series([0.5]))
        >>> list(by_lengths([((8, 16), item), ((), item), ((32,), item)]))
        ['8 to 16 bits, mean', '32 bits']
    """
    found: dict[str, list[Difference]] = {}
    for lengths, difference in differences:
        if lengths:
            found.setdefault(span(lengths), []).append(difference)
    return found


def only_at(lengths: Sequence[int], wanted: Sequence[int]) -> str:
    """The code lengths of a mean, as the end of a case's name, where they are not all those ``wanted``.

    Examples:
        >>> "KSH" + only_at([32], wanted=[8, 32]), "KSH" + only_at([8, 32], wanted=[8, 32])
        ('KSH, 32 bits', 'KSH')
    """
    return "" if list(lengths) == list(wanted) else f", {span(lengths)}"
