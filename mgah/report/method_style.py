"""How one method looks in every figure."""

from dataclasses import dataclass

SOLID, DASHED, DOTTED, DASHDOT = "-", (0, (4, 1.5)), (0, (1, 1.2)), (0, (4, 1.2, 1, 1.2))


@dataclass(frozen=True)
class MethodStyle:
    """One method in a figure: matplotlib color, marker (hollow for a variant), dashes."""

    label: str
    color: str
    marker: str
    linestyle: str | tuple = SOLID
    hollow: bool = False
