"""The page in a real browser: its tables, figures and links by clicks and keys; widths, schemes, silence."""

from contextlib import suppress
from itertools import pairwise

import pytest
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

TABLE = "#table1 table"
COLUMN = "return [...document.querySelector(arguments[0]).tBodies[0].rows].map((r) => r.cells[1].textContent.trim())"
SORT = "return document.querySelector(arguments[0]).tHead.rows[0].cells[1].ariaSort"
EMPTY = ["n/a (undefined in 1 of 2 runs)", "n/a (not run)", "–"]
UP = ["-0.5", "0.100 (one run)", "0.279 ± 0.053", "1,024"]
AS_WRITTEN = ["0.279 ± 0.053", "0.100 (one run)", "1,024", *EMPTY, "-0.5"]


@pytest.fixture
def window(browser, page):
    browser.open(page)
    return browser


def test_it_is_silent_and_asks_for_nothing_but_itself(window, page):
    assert window.complaints() == []
    assert window.requests() == [page.resolve().as_uri()]


def test_every_image_is_there_with_words(window):
    images = "[...document.querySelectorAll('main img')]"
    assert window.run(f"return {images}.map((i) => i.complete && i.naturalWidth > 0)") == [True] * 3
    assert all(window.run(f"return {images}.map((i) => i.alt)"))


def test_a_click_sorts_numbers_as_numbers_and_empty_cells_last(window):
    heading = window.driver.find_elements(By.CSS_SELECTOR, f"{TABLE} thead button")[1]
    assert window.run(SORT, TABLE) == "none"
    for direction, expected in (
        ("ascending", UP + EMPTY),
        ("descending", UP[::-1] + EMPTY),
        ("none", AS_WRITTEN),
    ):
        heading.click()
        assert window.run(SORT, TABLE) == direction
        assert window.run(COLUMN, TABLE) == expected


def test_the_keyboard_sorts_and_one_column_at_a_time(window):
    first, second = window.driver.find_elements(By.CSS_SELECTOR, f"{TABLE} thead button")[:2]
    second.send_keys(Keys.ENTER)
    assert window.run(COLUMN, TABLE) == UP + EMPTY
    first.send_keys(Keys.SPACE)
    assert window.run(SORT, TABLE) == "none"
    names = window.run(COLUMN.replace("cells[1]", "cells[0]"), TABLE)
    assert names == [
        *("<b>own</b>", "a|b", "DOPH reconstruction1", "ITQ", "KSH", "MGAH"),
        "SitNet reconstruction, chosen",
    ]


def test_tab_goes_through_the_page_in_order_and_shows_where_it_is(window):
    window.driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    places, seen = [], []
    for _ in range(30):
        line = "document.activeElement.closest('tr') ?? document.activeElement"
        places.append(window.run(f"return ({line}).getBoundingClientRect().top + scrollY"))
        seen.append(window.run("return document.activeElement.outerHTML.slice(0, 40)"))
        style = window.run("return getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid", seen[-1]
        window.driver.switch_to.active_element.send_keys(Keys.TAB)
    assert 'class="skip"' in seen[0] and "#answer" in seen[1]
    content = places[11:]  # after the list of contents, which stands beside it
    assert content == sorted(content)


def test_a_figure_opens_and_escape_leads_back(window):
    button = window.driver.find_element(By.CSS_SELECTOR, "#figure3 button.enlarge")
    button.send_keys(Keys.ENTER)
    assert window.run("return document.querySelector('dialog').open")
    assert window.run("return document.querySelector('dialog img').naturalWidth") > 0
    assert window.run("return document.querySelector('dialog img').clientWidth") >= 1200, (
        "letters can be read"
    )
    window.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not window.run("return document.querySelector('dialog').open")
    assert window.run("return document.activeElement === arguments[0]", button)


@pytest.mark.parametrize("width", [400, 800, 1200])
def test_only_tables_scroll_sideways(browser, page, width):
    browser.open(page, width)
    assert browser.run("return document.documentElement.scrollWidth") <= width
    boxes = browser.run(
        "return [...document.querySelectorAll('.box')].map((b) => [b.scrollWidth, b.clientWidth])"
    )
    assert all(client <= width for _, client in boxes)
    hints = (
        "return [...document.querySelectorAll('.box')].map((b) => !!b.nextElementSibling?.matches('.hint'))"
    )
    seen = browser.run("return [...document.querySelectorAll('.box')].map((b) => b.checkVisibility())")
    wide = [scroll > client + 1 for scroll, client in boxes]
    assert [h for h, s in zip(browser.run(hints), seen, strict=True) if s] == [
        w for w, s in zip(wide, seen, strict=True) if s
    ]
    if width == 400:
        assert any(browser.run(hints))
        fixed = browser.run(
            "const box = document.querySelector('#table1 .box'); box.scrollLeft = 90;"
            "return box.querySelector('tbody th').getBoundingClientRect().left - box.getBoundingClientRect().left"
        )
        assert 0 <= fixed <= 2, "the first column stays"


def scores(window) -> list[list[str]]:
    """The rows of the interactive table, once it is there."""
    table = "document.querySelector('table#all-scores-table')"
    WebDriverWait(window.driver, 20).until(
        lambda _: window.run(f"return !!{table}?.tBodies[0].rows[0].cells[3]")
    )
    rows = f"[...{table}.tBodies[0].rows]"
    return window.run(f"return {rows}.map((row) => [...row.cells].map((cell) => cell.textContent))")


def shows(window, column: slice | int, expected: list) -> bool:
    """Whether a column of the interactive table soon is as expected: it is drawn anew after a click."""
    found = []

    def matches(_) -> bool:
        found[:] = [row[column] for row in scores(window)]
        return found == expected

    with suppress(TimeoutException):
        WebDriverWait(window.driver, 10).until(matches)
    return found == expected


def test_all_scores_filter_by_clicks_sort_by_keys_and_are_searched(window):
    assert scores(window)[0][:5] == ["ITQ", "awa2-mini", "8", "mAP", "0.4000"]
    assert len(scores(window)) == 8
    panes = window.driver.find_elements(By.CSS_SELECTOR, "#all-scores .dtsp-searchPane")
    for pane, choice in ((panes[0], "MGAH"), (panes[3], "P@H≤2")):
        window.run("arguments[0].scrollIntoView({block: 'center'})", pane)
        pane.find_element(By.XPATH, f".//span[text()='{choice}']").click()
    assert shows(window, slice(4), [["MGAH", "awa2-mini", bits, "P@H≤2"] for bits in ("8", "16")])
    window.driver.find_element(By.CSS_SELECTOR, "#all-scores .dtsp-clearAll").click()
    WebDriverWait(window.driver, 10).until(lambda _: len(scores(window)) == 8)
    head = "#all-scores-table_wrapper > .dt-layout-table .dt-scroll-head"
    heading = window.driver.find_elements(By.CSS_SELECTOR, f"{head} thead th .dt-column-order")[2]
    heading.send_keys(Keys.ENTER)
    assert shows(window, 2, ["8"] * 4 + ["16"] * 4), "as numbers"
    heading.send_keys(Keys.ENTER)
    assert shows(window, 2, ["16"] * 4 + ["8"] * 4), "from the highest"
    window.driver.find_element(By.CSS_SELECTOR, "#all-scores input[type=search]").send_keys("itq 16")
    assert shows(window, 0, ["ITQ"] * 2)


def test_the_tables_own_style_comes_before_that_of_the_page(window):
    assert scores(window)
    first, *later = window.run(
        "return [...document.querySelectorAll('style')].map((style) => style.textContent)"
    )
    assert "div.dt-container{position:relative" in first and len(later) == 1
    container = window.driver.find_element(By.CSS_SELECTOR, "#all-scores div.dt-container")
    assert container.value_of_css_property("position") == "relative"


def test_links_unfold_what_they_lead_to_and_notes_lead_back(window):
    parts = window.driver.find_elements(By.CSS_SELECTOR, "#table1 details.part")
    is_open = "return arguments[0].open"
    assert [window.run(is_open, part) for part in parts] == [True, False], "the first is unfolded"
    window.run("location.hash = 'table1-part2'")
    WebDriverWait(window.driver, 5).until(lambda _: window.run(is_open, parts[1]))
    window.driver.find_element(By.CSS_SELECTOR, "#table1 h2 .permalink").send_keys(Keys.ENTER)
    assert window.run("return location.hash") == "#table1"
    window.run("arguments[0].open = false", parts[0])
    window.driver.find_element(By.CSS_SELECTOR, "#table1-note-1 .back").send_keys(Keys.ENTER)
    WebDriverWait(window.driver, 5).until(lambda _: window.run(is_open, parts[0]))
    target = "return document.querySelector(':target').closest('th').textContent"
    assert window.run(target).startswith("DOPH")


def test_a_button_unfolds_and_folds_everything(window):
    button = window.driver.find_element(By.ID, "unfold")
    states = "return [...new Set([...document.querySelectorAll('details')].map((part) => part.open))]"
    button.click()
    assert window.run(states) == [True] and button.text == "Fold all"
    button.send_keys(Keys.ENTER)
    assert window.run(states) == [False]


def test_headings_are_nested_and_every_table_has_heads(window):
    levels = window.run("return [...document.querySelectorAll('h1, h2, h3, h4')].map((h) => +h.tagName[1])")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert window.run(
        "return [...document.querySelectorAll('.box thead th')].every((h) => h.scope === 'col')"
    )
    assert window.run(
        "return [...document.querySelectorAll('.box tbody tr')].every((r) => r.cells[0].scope === 'row')"
    )


def contrast(first: list[int], second: list[int]) -> float:
    """Contrast of two colors as WCAG 2 defines it."""

    def luminance(color):
        parts = [part / 255 for part in color]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


COLORS = """
const style = getComputedStyle(document.querySelector(arguments[0]));
const numbers = (color) => color.match(/\\d+/g).slice(0, 3).map(Number);
const paper = getComputedStyle(document.body).backgroundColor;
const own = style.backgroundColor;
return [numbers(style.color), numbers(own === "rgba(0, 0, 0, 0)" ? paper : own)];
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colors_are_readable_in_both_schemes(browser, page, scheme):
    browser.open(page, scheme=scheme)
    scores(browser)
    for place in (
        "body",
        ".about",
        ".label",
        "nav a",
        "td.empty",
        "summary",
        ".box thead th",
        ".dt-container td",
    ):
        assert contrast(*browser.run(COLORS, place)) >= 4.5, place
    background = browser.run(COLORS, "body")[1]
    assert (sum(background) > 600) == (scheme == "light")


def test_print_unfolds_what_is_folded(window):
    window.run("dispatchEvent(new Event('beforeprint'))")
    assert window.run("return [...document.querySelectorAll('details')].every((part) => part.open)")
