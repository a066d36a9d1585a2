"""Letters that the figures' font lacks are drawn in another, and signs of mathematics are signs."""

import functools

import pytest
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mgah.errors import InputError
from mgah.report import fonts
from mgah.report.fonts import FAMILY, families_with, family_with, lacking, use_fallbacks, without_font
from mgah.report.look import look
from mgah.report.writers import write_figure

#: In a font that comes with Matplotlib, and not in DejaVu Sans.
RARE = "\ue000"


@pytest.fixture(scope="module")
def figure():
    with look():
        made = Figure()
        FigureCanvasAgg(made)
        for place, text in enumerate(("plain", f"rare {RARE}", "$x_y$ and $\\frac$")):
            made.text(0.1, 0.2 * place, text)
        return made


def test_characters_that_the_font_lacks_are_named_once():
    assert lacking("MGAH, ü β ≤ 2 ⊙ Sᵀ") == ""
    assert lacking(f"方法{RARE}方") == f"方法{RARE}"


def test_a_font_is_found_by_its_characters():
    assert family_with(RARE).startswith("STIX")
    assert family_with(RARE + chr(0x10FFFD)) is None


def test_a_font_that_was_installed_after_matplotlib_listed_them_is_found(monkeypatch, tmp_path):
    manager = font_manager.fontManager
    # Matplotlib lists the fonts of a family in no order, and letters are drawn by upright ones
    family = [font for font in manager.ttflist if font.name == family_with(RARE) and font.style == "normal"]
    file = min(family, key=lambda font: font.weight != 400).fname
    (tmp_path / "broken.ttf").write_text("no font")
    monkeypatch.setattr(manager, "ttflist", [font for font in manager.ttflist if font.name == FAMILY])
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(tmp_path / "broken.ttf"), file])
    for function in (fonts.family_with, fonts._new_fonts):
        monkeypatch.setattr(fonts, function.__name__, functools.cache(function.__wrapped__))
    assert fonts.family_with(RARE).startswith("STIX")


def test_letters_of_several_fonts_are_drawn_in_several_and_letters_of_none_are_refused(monkeypatch):
    known = {"方": "Han", "क": "Nagari"}
    monkeypatch.setattr(fonts, "family_with", lambda letters: known.get(letters))
    assert families_with("方क") == ["Han", "Nagari"] and without_font("a方कก") == "ก"
    made = Figure()
    made.text(0, 0, "a方क")
    use_fallbacks(made)
    assert made.texts[0].get_fontfamily() == [FAMILY, "Han", "Nagari"]
    made.text(0, 0, "ไก่")
    with pytest.raises(
        InputError, match=r"cannot show 'ไก่' of 'ไก่', which DejaVu Sans and .*fonts-noto-core.*run"
    ):
        use_fallbacks(made)


def test_only_texts_with_such_characters_get_another_font(figure):
    use_fallbacks(figure)
    families = [text.get_fontfamily() for text in figure.texts]
    assert families == [[FAMILY], [FAMILY, family_with(RARE)], [FAMILY]]


def test_dollar_signs_are_drawn_and_all_letters_have_a_glyph(figure, tmp_path, recwarn):
    png, svg = write_figure(figure, tmp_path / "figure")
    assert not [warning for warning in recwarn if "missing from font" in str(warning.message)]
    assert "<!-- $x_y$ and $\\frac$ -->" in svg.read_text() and png.stat().st_size > 1000
