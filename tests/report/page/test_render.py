"""The page's HTML: escaped, labeled, whole, the same for the same files."""

import re

import pytest

from mgah.report.page.render import as_yaml, duration, inline
from tests.report.page.conftest import CONFIG, METHODS, finish


def test_text_is_escaped_and_marked_up():
    assert inline("<script>&") == "&lt;script&gt;&amp;"
    assert inline("**0.2** ± `x` ``y``") == "<strong>0.2</strong> ± <code>x</code> <code>y</code>"
    assert inline("SitNet (reconstruction), x") == 'SitNet <span class="label">reconstruction</span>, x'


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (0.001, "4 s"),
        (59.7 / 3600, "1 min 00 s"),
        (0.0556, "3 min 20 s"),
        (26.5, "26 h 30 min"),
    ],
)
def test_durations(hours, text):
    assert duration(hours) == text


@pytest.mark.slow
def test_the_page_has_everything_and_asks_for_nothing(page):
    text = page.read_text()
    for words in (
        "<b>own",
        "stand-in for Animals",
        "n/a (undefined in 1 of 2 runs)",
        "0.100 (one run)",
        "a|b",
        "c3",
    ):
        assert (words in text) == (words != "<b>own"), words
    assert "&lt;b&gt;own" in text and len(METHODS) * 4 <= text.count('<th scope="row">')
    assert text.startswith("<!doctype html>")
    text = re.sub(r'(?s)<script type="text/plain".*?</script>', "", text)  # DataTables
    assert not re.findall(r"(?:src|href)=\"(?!#|data:|tables/|figures/)[^\"]+", text)
    assert not re.findall(r"url\((?!data:)|@import|https?://(?!www\.w3\.org)", text)
    assert len(text) < 1_500_000


def test_a_stand_in_is_marked_where_its_frame_and_its_column_say_so(page):
    text = page.read_text()
    tables = len(CONFIG["outputs"]["tables"])
    heading = '<h3>awa2-mini · lite0 · attributes: mAP <span class="label">stand-in for Animals with'
    assert text.count(heading) == tables and text.count("<h3>Marks</h3>") == tables
    assert text.count('>awa2-mini, 16 bits <span class="label">stand-in</span></th>') == tables
    assert text.count(">8 bits</th>") == tables


def test_notes_follow_the_numbers_and_a_footnote_is_where_its_row_leads_to(page):
    text = page.read_text()
    section = text[text.index('<section id="table1"') : text.index('<section id="table2"')]
    mark = '<sup><a href="#table1-note-1" id="table1-part1-4-1">1</a></sup>'
    row = f'<th scope="row">DOPH <span class="label">reconstruction</span>{mark}</th>'
    note = '<li id="table1-note-1">A reconstruction of <code>DOPH</code>. <a class="back" href="#table1-part1-4-1"'
    assert section.count("<sup>") == 1 and section.count(note) == 1
    assert (
        section.index(row)
        < section.index("<h3>Marks</h3>")
        < section.index(note)
        < section.index("Protocol and notes on all of it (2)")
    )


@pytest.mark.slow
def test_the_same_files_give_the_same_page(page, tmp_path):
    again = finish(tmp_path / "tiny") / page.name
    assert again.read_bytes() == page.read_bytes()


def test_a_config_is_shown_as_it_is_written():
    assert as_yaml({"name": "ä", "bits": [8]}) == "name: ä\nbits:\n- 8\n"
