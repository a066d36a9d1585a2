"""How datasets, methods and figures look and in which order they stand.

The methods of the paper look as `mgah.report.paper.line_up` says. A method of a user's own has a color of Paul Tol's
"vibrant" scheme, made for color-blind readers, and a marker of its own.
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from mgah import registry
from mgah.evaluation.reference_lines import REFERENCE_LINES
from mgah.report.fonts import FAMILY
from mgah.report.method_style import DASHDOT, DASHED, DOTTED, SOLID, MethodStyle
from mgah.report.paper.datasets import DATASETS
from mgah.report.paper.line_up import CONTROLS, HEADLINE_BITS, LINE_UP, VARIANTS

METRICS = {"P@H<=2": "P@H≤2"}

#: Width of a printed page in inches, and matplotlib settings of every figure.
PAGE_WIDTH = 7.0
RC: dict[Any, Any] = {
    "font.family": FAMILY,
    "text.parse_math": False,  # a dollar sign in a label is a dollar sign
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 7.5,
    "lines.linewidth": 1.2,
    "lines.markersize": 4.5,
    "savefig.dpi": 300,
    "svg.hashsalt": "mgah",
}

#: Gray of what stands beside the data: footnotes, marks of defaults, a panel without data.
FAINT = "#666666"

#: Dashes of one method's curves in one panel, by their place; all but the first are hollow.
CURVES = (SOLID, DASHED, DOTTED, DASHDOT)
_KNOWN = {**LINE_UP, **VARIANTS, **CONTROLS}
_OWN_COLORS = ("#EE7733", "#0077BB", "#EE3377", "#009988", "#CC3311", "#33BBEE")
_OWN_MARKERS = ("*", "h", "p", "8", "H")
_VARIANT_MARKERS = ("o", "s", "^", "v", "D", "P", "X", "p")


def method_style(word: str) -> MethodStyle:
    """Style of a method by its config word.

    A variant ``<method>_<what>`` that is not listed keeps its method's color and gets a hollow marker; any
    other word gets a style that depends on the word alone, so that it is the same in every figure.
    """
    if word in _KNOWN:
        return _KNOWN[word]
    digest = hashlib.sha256(word.encode()).digest()
    family = base_of(word)
    if family is None:
        color = _OWN_COLORS[digest[0] % len(_OWN_COLORS)]
        return MethodStyle(word, color, _OWN_MARKERS[digest[1] % len(_OWN_MARKERS)])
    marker = _VARIANT_MARKERS[digest[1] % len(_VARIANT_MARKERS)]
    base = _KNOWN[family]
    return MethodStyle(word, base.color, marker, (DASHED, DOTTED)[digest[2] % 2], hollow=True)


def method_order(word: str) -> tuple:
    """Sort key: the line-up in its order, each method before its variants, then a user's own methods, then controls."""
    family = word if word in CONTROLS else base_of(word)
    places = [*LINE_UP, None, *CONTROLS]
    natural = tuple((part.isdigit(), part.zfill(9)) for part in re.split(r"(\d+)", word) if part)
    return places.index(family), word != family, natural


def headline_bits(lengths: Iterable[int]) -> int:
    """Of some code lengths the one at which to show or judge: the nearest to `HEADLINE_BITS`, of two the shorter."""
    return min(lengths, key=lambda length: (abs(length - HEADLINE_BITS), length))


def in_line_up(word: str) -> bool:
    """Whether a method is one of the paper's line-up, no variant, control or method of a user's own."""
    return word in LINE_UP


def is_control(word: str) -> bool:
    """Whether a method, or the one that it is a variant of, is a control (`mgah.methods.base.HashingMethod`).

    A line without codes counts as one.
    """
    method = method_named(word)
    return word in REFERENCE_LINES or (
        method is not None and registry.find("methods", method).tags["control"] is True
    )


def dataset_label(word: str) -> str:
    """Display name of a dataset; a dataset the paper does not use is called by its config word."""
    return DATASETS.get(word, word)


def block_label(dataset: str, backbone: str, semantics: str) -> str:
    """Display name of one block of a table or one panel of a figure."""
    return " · ".join(part for part in (dataset_label(dataset), backbone, semantics) if part)


def base_of(word: str) -> str | None:
    """The method of the line-up, or the control, that ``word`` is or is a variant of; None for any other."""
    if word in CONTROLS:
        return word
    method = method_named(word)
    base = method and (registry.find("methods", method).tags["variant_of"] or method)
    return base if base in LINE_UP or base in CONTROLS else None


def method_named(word: str) -> str | None:
    """The method of the registry that the config word ``word`` names, or has before an underscore.

    The longest name wins; None for a word of its own. A config is refused where this is not the word's method.
    """
    known = [name for name in registry.names("methods") if word == name or word.startswith(f"{name}_")]
    return max(known, key=len, default=None)
