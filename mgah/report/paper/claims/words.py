"""Code lengths in the words of a claim: over which a mean was taken, and at which methods were not run."""

from collections.abc import Mapping, Sequence

from mgah.report.paper.line_up import PAPER_BITS

#: Display names of what a claim lacks, each with the code lengths at which it was not run, empty for not at all.
Lacking = Mapping[str, Sequence[int]]


def span(lengths: Sequence[int]) -> str:
    """Code lengths of the paper that a mean is over, ascending: from the first to the last where none is left out.

    Examples:
        >>> span([32]), span([8, 16, 32, 48]), span([8, 16, 48])
        ('32 bits', '8 to 48 bits, mean', '8, 16 and 48 bits, mean')
    """
    if len(lengths) == 1:
        return f"{lengths[0]} bits"
    between = [bits for bits in PAPER_BITS if lengths[0] <= bits <= lengths[-1]]
    words = f"{lengths[0]} to {lengths[-1]}" if list(lengths) == between else _listed(lengths)
    return f"{words} bits, mean"


def missing_words(lacking: Lacking, what: str = "not run") -> str:
    """What is ``lacking``, as the end of a text, each of the same code lengths together; empty for nothing.

    Examples:
        >>> missing_words({"ITQ": (8, 16, 48), "TSK": (), "DHN": (8, 16, 48)})
        '; not run: TSK; not run at 8, 16 and 48 bits: ITQ, DHN'
    """
    names: dict[tuple[int, ...], list[str]] = {}
    for name, lengths in lacking.items():
        names.setdefault(tuple(lengths), []).append(name)
    texts = [
        f"{what}{f' at {_listed(lengths)} bits' if lengths else ''}: {', '.join(found)}"
        for lengths, found in sorted(names.items())
    ]
    return "".join(f"; {text}" for text in texts)


def _listed(lengths: Sequence[int]) -> str:
    *others, last = map(str, lengths)
    return f"{', '.join(others)} and {last}" if others else last
