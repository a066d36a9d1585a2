"""Fonts of figures: DejaVu Sans, which Matplotlib brings, and for characters that it lacks a font that is installed.

What DejaVu Sans has looks the same on every machine. Light to import.
"""

from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from mgah.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontEntry

FAMILY = "DejaVu Sans"
#: Fonts that show a box in place of every character.
_BOXES = "Last Resort"
#: What helps where no font has a character.
INSTALL = (
    "install a font that has them (Debian: fonts-noto-cjk for Chinese, Japanese and Korean, fonts-noto-core for other "
    "scripts) or copy one to ~/.local/share/fonts"
)


def lacking(text: str) -> str:
    """Return the characters of ``text`` that `FAMILY` lacks, each once, in their order."""
    seen = dict.fromkeys(character for character in text if ord(character) > 0x24F)
    return "".join(character for character in seen if not _has(_default(), character)) if seen else ""


@cache
def family_with(characters: str) -> str | None:
    """Return the family of an installed font that has all ``characters``, the first by name; None where none has."""
    from matplotlib.font_manager import fontManager

    return _first(fontManager.ttflist, characters) or _first(_new_fonts(), characters)


def families_with(characters: str) -> list[str]:
    """Return families of installed fonts that have ``characters``: one for all of them where there is one."""
    whole = family_with(characters)
    return [whole] if whole else list(dict.fromkeys(filter(None, map(family_with, characters))))


def without_font(text: str) -> str:
    """Return the characters of ``text`` that no installed font has, each once, in their order."""
    missing = lacking(text)
    return "" if family_with(missing) else "".join(letter for letter in missing if not family_with(letter))


def use_fallbacks(figure: "Figure") -> None:
    """Give those texts of ``figure`` further fonts that have characters that `FAMILY` lacks.

    Raises:
        InputError: for characters that no font has, which would be boxes.
    """
    from matplotlib.text import Text

    texts: Iterable[Text] = figure.findobj(Text)  # type: ignore[assignment]
    for text in texts:
        if not (missing := lacking(text.get_text())):
            continue
        if letters := without_font(missing):
            raise InputError(
                f"the figure cannot show {letters!r} of {text.get_text()!r}, which {FAMILY} and the installed "
                f"fonts lack: {INSTALL}, and run again"
            )
        text.set_fontfamily([FAMILY, *families_with(missing)])


def _first(fonts: "Iterable[FontEntry]", characters: str) -> str | None:
    """The family of the first font, by name, that has all ``characters``."""
    upright = (font for font in fonts if font.style == "normal" and not font.name.startswith(_BOXES))
    by_name = sorted(upright, key=lambda font: (font.weight != 400, font.name, font.fname))
    fitting = (font.name for font in by_name if all(_has(font.fname, character) for character in characters))
    return next(fitting, None)


@cache
def _new_fonts() -> "list[FontEntry]":
    """Fonts that were installed after Matplotlib made its list, which it keeps in a file, added to it."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    known = {font.fname for font in fontManager.ttflist}
    for file in sorted(set(findSystemFonts()) - known):
        with suppress(
            Exception
        ):  # a file that is no font it can draw with, which it leaves out of its own list too
            fontManager.addfont(file)
    return [font for font in fontManager.ttflist if font.fname not in known]


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
