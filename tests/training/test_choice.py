"""Records of choices survive their file, and all of a run become one table."""

import dataclasses

import pytest

from mgah.errors import InputError
from mgah.io.files import write_json
from mgah.tables.choices import read_choices, write_choices
from mgah.training.choice import Choice, read_choice, write_choice
from mgah.training.collect_choices import collect_choices

CELL = {"dataset": "zoo", "backbone": "pixels", "semantics": "attributes", "split": "cat"}
CHOICE = Choice(
    cell=CELL | {"method": "dhn_chosen", "label": "DHN, chosen"},
    bits=32,
    seed=0,
    settings=[{}, {"scale": 0.5}],
    held_out=[["ant"], ["bee", "grizzly+bear"]],
    mAP=[[0.25, 0.1], [0.5, 1 / 3]],
    chosen=1,
)


def test_a_record_survives_its_file(tmp_path):
    write_choice(tmp_path / "dhn.json", CHOICE)
    assert read_choice(tmp_path / "dhn.json") == CHOICE
    assert read_choice(tmp_path / "dhn.json").setting == {"scale": 0.5}
    assert "settings are chosen on each split, one out of 2, by the mAP at 32 bits" in CHOICE.note()
    assert ";" not in CHOICE.note()


@pytest.mark.parametrize(
    "changes", [{"chosen": 2}, {"mAP": [[0.1, 0.2]]}, {"cell": CELL}, {"settings": [{}]}, {"chosen": -1}]
)
def test_a_record_that_contradicts_itself_is_refused(tmp_path, changes):
    write_json(tmp_path / "dhn.json", dataclasses.asdict(CHOICE) | changes)
    with pytest.raises(InputError, match=r"dhn\.json (is no record of a choice|has chosen)"):
        read_choice(tmp_path / "dhn.json")


def test_another_json_file_is_refused(tmp_path):
    write_json(tmp_path / "other.json", {"bits": 32})
    with pytest.raises(InputError, match=r"record of a choice .*other\.json lacks cell, seed"):
        read_choice(tmp_path / "other.json")


def test_all_choices_become_one_table_whatever_their_order(tmp_path):
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    write_choice(files[0], CHOICE)
    write_choice(files[1], dataclasses.replace(CHOICE, cell=CHOICE.cell | {"split": "bee"}))
    table = collect_choices(files)
    assert table.equals(collect_choices(files[::-1]))
    assert len(table) == 2 * 2 * 2
    assert table.groupby("trial")["chosen"].unique().map(list).to_dict() == {0: [False], 1: [True]}
    write_choices(tmp_path / "selections.csv", table)
    assert read_choices(tmp_path / "selections.csv").equals(table)


def test_the_default_of_a_choice_is_that_of_its_setting(tmp_path):
    write_choice(tmp_path / "a.json", CHOICE)
    place = "/".join(CHOICE.cell[key] for key in ("dataset", "backbone", "semantics", "method"))
    defaults = {place: "plain", f"other{place}": "another"}
    assert set(collect_choices([tmp_path / "a.json"], defaults)["default"]) == {"plain"}
    assert set(collect_choices([tmp_path / "a.json"], {"x/y/z/dhn": "dhn"})["default"]) == {""}


def test_no_choices_are_an_empty_table(tmp_path):
    write_choices(tmp_path / "selections.csv", collect_choices([]))
    assert read_choices(tmp_path / "selections.csv").empty


def test_another_table_is_refused(tmp_path):
    (tmp_path / "scores.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"scores\.csv cannot be used"):
        read_choices(tmp_path / "scores.csv")
