"""How datasets, methods and figures look and in which order they stand, in one place.

Colours are Paul Tol's "muted" scheme for the paper's line-up and "vibrant" for a user's own methods, both
made for colour-blind readers; markers and dashes differ as well, so that a line is also found in grey. MGAH
is black.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

DATASETS = {
    "awa2": "Animals with Attributes2",
    "awa2_mini": "awa2-mini",
    "awa2_features": "Animals with Attributes2, published features",
    "cifar10": "CIFAR-10",
    "imagenet": "ImageNet",
    "imagenet_mini": "imagenet-mini",
}
METRICS = {"P@H<=2": "P@H≤2"}

#: Code length of what is shown, or judged, at a single one; see `headline_bits`.
HEADLINE_BITS = 32

#: Width of a printed page in inches, and matplotlib settings of every figure.
PAGE_WIDTH = 7.0
RC = {
    "font.family": "DejaVu Sans",
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

#: Grey of what stands beside the data: footnotes, marks of defaults, a panel without data.
FAINT = "#666666"

_SOLID, _DASHED, _DOTTED, _DASHDOT = "-", (0, (4, 1.5)), (0, (1, 1.2)), (0, (4, 1.2, 1, 1.2))


@dataclass(frozen=True)
class MethodStyle:
    """One method in a figure: matplotlib colour, marker (hollow for a variant), dashes; is it a control?"""

    label: str
    color: str
    marker: str
    linestyle: str | tuple = _SOLID
    hollow: bool = False
    control: bool = False


#: The paper's line-up in the paper's order, with DOPH of its Table 2 before MGAH.
_LINE_UP = {
    "itq": MethodStyle("ITQ", "#88CCEE", "o"),
    "imh": MethodStyle("IMH", "#44AA99", "v"),
    "ksh": MethodStyle("KSH", "#117733", "^"),
    "sdh": MethodStyle("SDH", "#999933", "s"),
    "dhn": MethodStyle("DHN", "#DDCC77", "<", _DASHDOT),
    "dnnh": MethodStyle("DNNH", "#CC6677", ">", _DASHDOT),
    "tsk": MethodStyle("TSK", "#882255", "P"),
    "sitnet": MethodStyle("SitNet", "#AA4499", "X", _DASHDOT),
    "doph": MethodStyle("DOPH", "#332288", "d"),
    "mgah": MethodStyle("MGAH", "#000000", "D"),
}
_VARIANTS = {
    "itq_l2": MethodStyle("ITQ, L2", "#5BA3CF", "o", _DASHED, hollow=True),
    "mgah_itq": MethodStyle("MGAH, ITQ start", "#4D4D4D", "D", _DASHED, hollow=True),
    "mgah_1": MethodStyle("MGAH-1", "#EE7733", "p", _DASHED, hollow=True),
    "mgah_2": MethodStyle("MGAH-2", "#0077BB", "s", _DASHED, hollow=True),
    "mgah_3": MethodStyle("MGAH-3", "#33BBEE", "^", _DASHED, hollow=True),
    "mgah_4": MethodStyle("MGAH-4", "#EE3377", "v", _DASHED, hollow=True),
    "mgah_5": MethodStyle("MGAH-5", "#009988", "P", _DASHED, hollow=True),
    "mgah_graph_off": MethodStyle("MGAH, graph off", "#CC3311", "X", _DASHED, hollow=True),
    "mgah_beta1": MethodStyle("MGAH, β = 1", "#EE7733", "p", _DOTTED, hollow=True),
    "mgah_beta2": MethodStyle("MGAH, β = 2", "#0077BB", "s", _DOTTED, hollow=True),
    "mgah_beta3": MethodStyle("MGAH, β = 3", "#33BBEE", "^", _DOTTED, hollow=True),
    "mgah_beta4": MethodStyle("MGAH, β = 4", "#EE3377", "v", _DOTTED, hollow=True),
    "mgah_beta5": MethodStyle("MGAH, β = 5", "#009988", "P", _DOTTED, hollow=True),
}
_CONTROLS = {
    "random_projection": MethodStyle("Random projections", "#7F7F7F", "1", _DASHED, control=True),
    "random_codes": MethodStyle("Random codes", "#7F7F7F", "x", _DOTTED, control=True),
    "classifier_codes": MethodStyle("Classifier output, encoded", "#7F7F7F", "+", _DASHDOT, control=True),
    "cosine": MethodStyle("No coding (cosine)", "#7F7F7F", "", _SOLID, control=True),
}
#: Dashes of one method's curves in one panel, by their place; all but the first are hollow.
CURVES = (_SOLID, _DASHED, _DOTTED, _DASHDOT)
_KNOWN = {**_LINE_UP, **_VARIANTS, **_CONTROLS}
_OWN_COLORS = ("#EE7733", "#0077BB", "#EE3377", "#009988", "#CC3311", "#33BBEE")
_OWN_MARKERS = ("*", "h", "p", "8", "H")
_VARIANT_MARKERS = ("o", "s", "^", "v", "D", "P", "X", "p")


def method_style(word: str) -> MethodStyle:
    """Style of a method by its config word.

    A variant ``<method>_<what>`` that is not listed keeps its method's colour and gets a hollow marker; any
    other word gets a style that depends on the word alone, so that it is the same in every figure.
    """
    if word in _KNOWN:
        return _KNOWN[word]
    digest = hashlib.sha256(word.encode()).digest()
    family = _family(word)
    if family is None:
        color = _OWN_COLORS[digest[0] % len(_OWN_COLORS)]
        return MethodStyle(word, color, _OWN_MARKERS[digest[1] % len(_OWN_MARKERS)])
    marker = _VARIANT_MARKERS[digest[1] % len(_VARIANT_MARKERS)]
    base = _KNOWN[family]
    return MethodStyle(
        word, base.color, marker, (_DASHED, _DOTTED)[digest[2] % 2], hollow=True, control=base.control
    )


def method_order(word: str) -> tuple:
    """Sort key: the paper's order, variants behind their method, own methods after MGAH, controls last."""
    family = word if word in _CONTROLS else _family(word)
    places = [*_LINE_UP, None, *_CONTROLS]
    natural = tuple((part.isdigit(), part.zfill(9)) for part in re.split(r"(\d+)", word) if part)
    return places.index(family), word != family, natural


def headline_bits(lengths: Iterable[int]) -> int:
    """Of some code lengths the one at which to show or judge: the nearest to `HEADLINE_BITS`, of two the shorter."""
    return min(lengths, key=lambda length: (abs(length - HEADLINE_BITS), length))


def in_line_up(word: str) -> bool:
    """Whether a method is one of the paper's line-up, no variant, control or method of a user's own."""
    return word in _LINE_UP


def is_control(word: str) -> bool:
    """Whether a method only shows what no learning or no hashing gives; a control is never the best."""
    return method_style(word).control


def dataset_label(word: str) -> str:
    """Display name of a dataset; a dataset the paper does not use is called by its config word."""
    return DATASETS.get(word, word)


def block_label(dataset: str, backbone: str, semantics: str) -> str:
    """Display name of one block of a table or one panel of a figure."""
    return " · ".join(part for part in (dataset_label(dataset), backbone, semantics) if part)


def _family(word: str) -> str | None:
    """The method that ``word`` is or is a variant of; the longest name wins."""
    bases = [base for base in (*_LINE_UP, *_CONTROLS) if word == base or word.startswith(f"{base}_")]
    return max(bases, key=len, default=None)
