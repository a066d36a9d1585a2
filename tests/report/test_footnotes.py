"""Footnotes of tables: numbers, marks, and what is left out."""

import pandas as pd

from mgah.report.footnotes import mark_text, numbered
from mgah.report.outputs.base import Frame, Note, Table
from mgah.report.writers import markdown, write_table

A, B, C = (("cifar10", "lite0", "glove"), ("digits", "lite0", "glove"), ("faces", "lite0", "glove"))


def _note(text: str, *of: tuple) -> Note:
    return Note(text, frozenset(of))


def _rows(*labels: str, **more: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"Method": labels, **more, "8 bits": ["0.100"] * len(labels)})


def _table(*frames: Frame, notes: tuple[str | Note, ...]) -> Table:
    return Table("T", notes, frames, pd.DataFrame({"x": [1]}))


def test_footnotes_are_numbered_in_the_order_in_which_they_are_referred_to():
    printed = numbered(
        _table(
            Frame("first", _rows("ITQ", "MGAH"), A),
            Frame("second", _rows("MGAH", "SitNet"), B),
            notes=(
                "of all",
                _note("of B", (B, "")),
                _note("of SitNet", (A, "SitNet"), (B, "SitNet")),
                _note("of MGAH", (A, "MGAH"), (B, "MGAH")),
                _note("of A", (A, "")),
            ),
        )
    )
    assert printed.footnotes == ("of A", "of MGAH", "of B", "of SitNet") and printed.notes == ("of all",)
    assert [frame.marks for frame in printed.frames] == [(1,), (3,)]
    assert [frame.row_marks for frame in printed.frames] == [((), (2,)), ((2,), (4,))]


def test_what_concerns_every_block_has_no_number_and_what_concerns_nothing_shown_is_left_out():
    printed = numbered(
        _table(
            Frame("a", _rows("ITQ"), A),
            Frame("b", _rows("ITQ"), B),
            notes=(
                _note("of both blocks", (A, ""), (B, ""), (C, "")),
                _note("of a block that is not shown", (C, "")),
                _note("of a method that is not shown", (A, "MGAH")),
                _note("of ITQ elsewhere", (C, "ITQ")),
            ),
        )
    )
    assert printed.notes == ("of both blocks",) and printed.footnotes == ()
    assert all(frame.marks == frame.row_marks == () for frame in printed.frames)


def test_a_frame_refers_to_notes_of_its_own_unless_all_of_the_table_has_them():
    frames = Frame("a", _rows("ITQ"), A, notes=("own", "of all")), Frame("b", _rows("ITQ"), B, notes=("own",))
    printed = numbered(_table(*frames, notes=("of all",)))
    assert printed.footnotes == ("own",) and [frame.marks for frame in printed.frames] == [(1,), (1,)]


def test_rows_of_several_blocks_refer_to_the_notes_of_their_method_on_their_backbone():
    frame = Frame("all", _rows("MGAH", "MGAH", "ITQ", Backbone=["lite0", "alexnet", "lite0"]))
    note = _note("hidden layer", (A, "MGAH"))
    printed = numbered(_table(frame, notes=(note, _note("of A", (A, "")))))
    assert printed.frames[0].row_marks == ((1,), (), ()) and printed.footnotes == ("hidden layer",)


def test_rows_with_names_find_notes_by_these_and_not_by_their_labels():
    """Two methods are both called ITQ, and a row of MGAH is labeled with what is particular to it."""
    frame = Frame("a", _rows("ITQ", "ITQ", "MGAH, β grows"), A, methods=("itq", "itq_l2", "mgah"))
    across = Frame("b", _rows("ITQ", Backbone=["lite0"]), methods=("itq_l2",))
    notes = (
        Note("of the first", frozenset({(A, "ITQ")}), frozenset({(A, "itq")})),
        Note("of the second", frozenset({(A, "ITQ")}), frozenset({(A, "itq_l2")})),
        Note("of MGAH", frozenset({(A, "MGAH")}), frozenset({(A, "mgah")})),
    )
    printed = numbered(_table(frame, across, notes=notes))
    assert printed.footnotes == ("of the first", "of the second", "of MGAH")
    assert [frame.row_marks for frame in printed.frames] == [((1,), (2,), (3,)), ((2,),)]


def test_files_show_marks_where_people_read_and_none_where_programs_do(tmp_path):
    table = _table(
        Frame("Heading\nText.", _rows("ITQ", "SitNet"), A),
        Frame("Other", _rows("ITQ"), B),
        notes=("of all", _note("of A", (A, "")), _note("of SitNet", (A, "SitNet"))),
    )
    assert markdown(numbered(table)).splitlines() == [
        "# T",
        "",
        "## Heading [1]",
        "",
        "Text.",
        "",
        "| Method     | 8 bits   |",
        "|:-----------|:---------|",
        "| ITQ        | 0.100    |",
        "| SitNet [2] | 0.100    |",
        "",
        "## Other",
        "",
        "| Method   | 8 bits   |",
        "|:---------|:---------|",
        "| ITQ      | 0.100    |",
        "",
        "## Notes",
        "",
        "- [1] of A",
        "- [2] of SitNet",
        "- of all",
    ]
    _, csv, _ = write_table(table, tmp_path / "t")
    assert csv.read_text() == "x\n1\n"


def test_marks_in_a_row_are_a_range():
    assert mark_text(()) == "" and mark_text((2,)) == " [2]" and mark_text((1, 2)) == " [1, 2]"
    assert mark_text((1, 3, 4, 5, 9, 10)) == " [1, 3–5, 9, 10]"
