"""Fonts of figures: DejaVu Sans, which Matplotlib brings, and for characters that it lacks a font that is installed.

What DejaVu Sans has looks the same on every machine. Light to import.
"""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FAMILY = "DejaVu Sans"
#: Fonts that show a box in place of every character.
_BOXES = "Last Resort"


def lacking(text: str) -> str:
    """Return the characters of ``text`` that `FAMILY` lacks, each once, in their order."""
    seen = dict.fromkeys(character for character in text if ord(character) > 0x24F)
    return "".join(character for character in seen if not _has(_default(), character)) if seen else ""


@cache
def family_with(characters: str) -> str | None:
    """Return the family of an installed font that has all ``characters``, the first by name; None where none has."""
    from matplotlib.font_manager import fontManager

    fonts = sorted(
        (font for font in fontManager.ttflist if font.style == "normal" and not font.name.startswith(_BOXES)),
        key=lambda font: (font.weight != 400, font.name, font.fname),
    )
    fitting = (font.name for font in fonts if all(_has(font.fname, character) for character in characters))
    return next(fitting, None)


def use_fallbacks(figure: "Figure") -> None:
    """Give those texts of ``figure`` a second font that have characters that `FAMILY` lacks."""
    from matplotlib.text import Text

    texts: Iterable[Text] = figure.findobj(Text)  # type: ignore[assignment]
    for text in texts:
        if (missing := lacking(text.get_text())) and (family := family_with(missing)):
            text.set_fontfamily([FAMILY, family])


@cache
def _default() -> str:
    from matplotlib.font_manager import findfont

    return str(findfont(FAMILY))


def _has(file: str, character: str) -> bool:
    return _font(file).get_char_index(ord(character)) != 0


@cache
def _font(file: str):
    from matplotlib.ft2font import FT2Font

    return FT2Font(file)
