"""Compares the cells of runs that codes and models come from: codes of two cells have no meaningful distance."""

from collections.abc import Mapping

#: What describes a cell and does not tell it from another.
_DESCRIBES = ("label", "notes", "trained")


def describe_cell(cell: Mapping[str, object]) -> str:
    """Return a cell in words.

    Examples:
        >>> describe_cell({"dataset": "digits", "method": "itq", "label": "ITQ", "seed": 0, "bits": 16})
        'dataset digits, method itq, seed 0, bits 16'
    """
    return ", ".join(f"{key} {value}" for key, value in cell.items() if key not in _DESCRIBES)


def differ(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Say whether the cells disagree in a field that both state; label, notes and trained are ignored.

    Examples:
        >>> differ({"method": "itq", "bits": 16}, {"method": "mgah", "bits": 16}), differ({}, {"method": "mgah"})
        (True, False)
    """
    return any(one[key] != other[key] for key in one.keys() & other.keys() - set(_DESCRIBES))
