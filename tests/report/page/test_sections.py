"""Order of the sections, numbers among texts, captions, light and heavy pictures."""

import base64
import io

import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from mgah.errors import InputError
from mgah.report.page.images import WIDTH, drawn, picture
from mgah.report.page.sections import is_empty, is_numeric, place, sections
from tests.report.page.conftest import CAPTIONS, CONFIG


def test_the_summary_stands_first_then_the_paper_then_the_rest(tiny_run):
    found = sections(tiny_run, CONFIG["outputs"], CAPTIONS)
    assert [section.name for section in found] == [
        "claims",
        "table1",
        "table2",
        "figure3",
        "extra",
        "gallery",
    ]
    assert [section.short for section in found[:4]] == [
        "Does the paper hold?",
        "Table 1",
        "Table 2",
        "Figure 3",
    ]
    assert found[3].title == "Figure 3: P@H≤2 by length"
    assert found[3].words == "An empty ball counts `0`."


def test_numbers_count_as_numbers():
    names = ["figure10", "table3", "figure3", "table1", "claims", "cost", "table10"]
    assert sorted(names, key=place) == [
        "claims",
        "table1",
        "table3",
        "table10",
        "figure3",
        "figure10",
        "cost",
    ]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["0.1", "**0.2** ± 0.1", "–", "n/a (not run)"], True),
        (["+0.1", "−.5", "1 of 10"], True),
        (["8", "all"], False),
        (["–", ""], False),
    ],
)
def test_a_column_is_numeric_where_all_its_values_are(texts, expected):
    assert is_numeric(pd.Series(texts)) is expected


def test_reasons_are_no_values():
    assert all(map(is_empty, ["", "–", "-", "n/a", "n/a (undefined in 2 of 3 runs)", "nan"]))
    assert not any(map(is_empty, ["0.1 (one run)", "0", "n/aa", "-0.1", "nancy"]))


def test_a_light_drawing_stays_one_and_a_heavy_one_becomes_an_image(tiny_run):
    light, heavy = (picture(tiny_run / "figures" / name) for name in ("figure3", "gallery"))
    content = base64.b64decode(light.address.removeprefix("data:image/svg+xml;base64,"))
    assert content == (tiny_run / "figures/figure3.svg").read_bytes()
    content = base64.b64decode(heavy.address.removeprefix("data:image/webp;base64,"))
    with Image.open(io.BytesIO(content)) as image, Image.open(tiny_run / "figures/gallery.png") as original:
        assert image.size == original.size  # 1200 pixels: less than twice the width of the page
    assert len(content) < (tiny_run / "figures/gallery.svg").stat().st_size / 10
    assert (heavy.width, heavy.height) == (WIDTH, WIDTH // 2)


def test_what_is_missing_is_one_error(tiny_run):
    with pytest.raises(InputError, match=r"there is no file .*table9\.json"):
        sections(tiny_run, {"tables": ["table9"], "figures": []}, {})
    with pytest.raises(InputError, match=r"figure .*figure9 cannot be read"):
        sections(tiny_run, {"tables": [], "figures": ["figure9"]}, {"figure9": ""})


def test_a_drawing_without_files_has_its_own_size_up_to_the_width_of_the_page():
    for inches, width in ((5, 480), (10, WIDTH)):
        shown = drawn(Figure(figsize=(inches, inches / 2)))
        assert (shown.width, shown.height) == (width, width // 2)
        assert shown.address.startswith("data:image/svg+xml;base64,")
