"""Letters that the figures' font lacks are drawn in another, and signs of mathematics are signs."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mgah.report.fonts import FAMILY, family_with, lacking, use_fallbacks
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


def test_only_texts_with_such_characters_get_another_font(figure):
    use_fallbacks(figure)
    families = [text.get_fontfamily() for text in figure.texts]
    assert families == [[FAMILY], [FAMILY, family_with(RARE)], [FAMILY]]


def test_dollar_signs_are_drawn_and_all_letters_have_a_glyph(figure, tmp_path, recwarn):
    png, svg = write_figure(figure, tmp_path / "figure")
    assert not [warning for warning in recwarn if "missing from font" in str(warning.message)]
    assert "<!-- $x_y$ and $\\frac$ -->" in svg.read_text() and png.stat().st_size > 1000
