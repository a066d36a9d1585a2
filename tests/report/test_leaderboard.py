"""The table of runs beside one another: all sources, and the verdicts on the methods of others."""

import json

import pandas as pd
import pytest

from mgah.errors import InputError
from mgah.report import leaderboard
from mgah.report.submissions import read_submission
from mgah.report.wording import MISSING
from mgah.tables.leaderboard import read_leaderboard
from mgah.tables.notes import write_notes
from tests.fixtures.submissions import RECORD, rows, submit


def test_all_sources_stand_in_one_table_with_the_best_first(tmp_path, ours):
    other = read_submission(submit(tmp_path / "b", rows({"itq": 0.25, "new": 0.4})), "theirs")
    few = rows({"partial": 0.5}, splits=("cat", "dog"))
    third = read_submission(submit(tmp_path / "c", pd.concat([few, rows({"itq": 0.1}, bits=8)])), "third")
    scores, notes = leaderboard.merged(ours, [other, third])
    assert scores.groupby("source").size().to_dict() == {"ours": 18, "theirs": 12, "third": 10}
    table = leaderboard.build(scores, notes, "ours", "")
    (frame,) = table.frames
    assert list(frame.cells) == ["Method", "Source", "8 bits", "32 bits"]
    assert frame.cells.drop(columns="8 bits").values.tolist() == [
        ["RANDOM_CODES", "ours", "0.910 ± 0.025"],
        ["PARTIAL", "third", "0.505 ± 0.064 (2 of 3 splits)"],
        ["NEW", "theirs", "**0.410** ± 0.025"],
        ["MGAH", "ours", "0.310 ± 0.025"],
        ["ITQ", "theirs", "0.260 ± 0.025"],
        ["ITQ", "ours", "0.210 ± 0.025"],
        ["ITQ", "third", MISSING],
    ]
    assert frame.cells["8 bits"].tolist() == [MISSING] * 6 + ["0.110 ± 0.025"]
    assert "theirs: 2 methods from the folder b, code of commit 0123456789ab." in table.notes


def test_a_mean_over_fewer_seeds_than_most_says_so_and_is_not_the_best(tmp_path):
    runs = pd.concat([rows({"mgah": 0.3, "itq": 0.2}, seed=seed) for seed in (0, 1)])
    ours = read_submission(submit(tmp_path / "run", runs))
    other = read_submission(submit(tmp_path / "b", rows({"new": 0.5})), "theirs")
    frame = leaderboard.build(*leaderboard.merged(ours, [other]), "ours", "").frames[0]
    assert frame.cells["32 bits"].tolist() == [
        "0.510 ± 0.025 (1 of 2 seeds)",
        "**0.310** ± 0.025",
        "0.210 ± 0.025",
    ]


def test_the_reference_is_compared_with_each_method_of_the_others(tmp_path, ours):
    """On both splits that they share, at the length nearest to 32; equal values and controls are no rivals."""
    theirs = rows({"itq": 0.2, "new": 0.4, "random_codes": 0.5}), rows({"far": 0.1}, splits=("cat", "dog"))
    other = read_submission(submit(tmp_path / "b", pd.concat(theirs)), "theirs")
    table = leaderboard.build(*leaderboard.merged(ours, [other]), "ours", "mgah")
    assert [frame.heading for frame in table.frames] == [
        "pets · net · words: mAP",
        "pets · net · words: MGAH of this run against the methods of others, 32 bits",
    ]
    assert table.frames[1].text == "Over 2 to 3 splits, 1 seed."
    cells = table.frames[1].cells
    assert cells.iloc[:, :7].values.tolist() == [
        ["NEW", "theirs", "0.410", "0.310", "-0.100 [-0.100, -0.100]", "3 splits", "0/3"],
        ["FAR", "theirs", "0.105", "0.305", "+0.200 [0.200, 0.200]", "2 splits", "2/2"],
    ]
    assert list(cells)[2:7] == ["mAP", "mAP of MGAH", "Difference", "Units", "Won"]
    assert cells["Verdict"].str.startswith("undecided (no p below 0.05 is possible with").all()
    found = table.data.set_index(["source", "method"])["difference"].dropna().round(3).to_dict()
    assert found == {("theirs", "new"): -0.1, ("theirs", "far"): 0.2}
    assert table.data["won"].dtype == "Int64"


def test_where_methods_share_other_numbers_of_seeds_each_row_says_so(tmp_path):
    """The run has seeds 0 and 1, which are 0.1 apart; one method has both of them, one the seed 1."""
    runs = pd.concat([rows({"mgah": 0.3}), rows({"mgah": 0.4}, seed=1)])
    ours = read_submission(submit(tmp_path / "run", runs))
    theirs = pd.concat([rows({"new": 0.2}), rows({"new": 0.2, "far": 0.2}, seed=1)])
    other = read_submission(submit(tmp_path / "b", theirs), "theirs")
    frame = leaderboard.build(*leaderboard.merged(ours, [other]), "ours", "mgah").frames[1]
    columns = ["Method", "mAP", "mAP of MGAH", "Difference", "Units", "Seeds"]
    assert frame.cells[columns].to_numpy().tolist() == [
        ["NEW", "0.210", "0.360", "+0.150 [0.150, 0.150]", "3 splits", "2"],
        ["FAR", "0.210", "0.410", "+0.200 [0.200, 0.200]", "3 splits", "1"],
    ]
    assert frame.text == "Over 3 splits, 1 to 2 seeds."


def test_stand_ins_leaks_and_notes_stand_beside_the_numbers(tmp_path, make_notes):
    """Of the two methods called ITQ only the run's is a reconstruction; the other source tells its vectors alone."""
    dataset = {"dataset": "awa2_mini", "backbone": "net", "semantics": "words"}
    record = json.loads(json.dumps(RECORD).replace('"pets"', '"awa2_mini"'))
    record["config"]["comparison"] = {"reference": "mgah"}
    scores = rows({"itq": 0.2, "mgah": 0.3}, dataset="awa2_mini")
    of_class = scores.assign(**{"class": "cat", "leak": "same"})
    folder = submit(tmp_path / "run", pd.concat([scores, of_class]), record)
    write_notes(folder / "notes.csv", make_notes(dataset | {"method": "itq", "note": "a reconstruction"}))
    ours = read_submission(folder, "ours")
    other = read_submission(submit(tmp_path / "b", rows({"itq": 0.4}, dataset="awa2_mini"), record), "theirs")
    _, section = leaderboard.write(tmp_path, ours, [other])
    means, verdicts = section.table.frames
    assert "awa2-mini is a stand-in for Animals with Attributes2." in means.text
    assert "awa2-mini is a stand-in for Animals with Attributes2." in verdicts.text
    told = {
        name: [section.table.footnotes[mark - 1] for mark in marks]
        for name, marks in zip(means.methods, means.row_marks, strict=True)
    }
    vectors = "words: stand-in vectors, shorter ones."
    assert told == {"theirs/itq": [vectors], "ours/mgah": [], "ours/itq": ["a reconstruction."]}
    assert [section.table.footnotes[mark - 1] for mark in verdicts.row_marks[0]] == [vectors]
    assert any("leak marks of the 1 unseen classes: same 1" in note for note in section.table.notes)


def test_verdicts_are_also_given_without_development_splits(tmp_path, ours):
    other = read_submission(submit(tmp_path / "b", rows({"new": 0.4})), "theirs")
    merged = leaderboard.merged(ours, [other])
    table = leaderboard.build(*merged, "ours", "mgah", {"pets": ["dog", "cow"], "others": ["cat"]})
    headings = [frame.heading for frame in table.frames]
    assert headings[2] == f"{headings[1]}, without development splits (dog)"
    assert [frame.cells["mAP"].tolist() for frame in table.frames[1:]] == [["0.410"], ["0.410"]]
    assert [frame.text for frame in table.frames[1:]] == ["Over 3 splits, 1 seed.", "Over 2 splits, 1 seed."]
    for elsewhere in ({"others": ["cat"]}, {"pets": ["cow"]}):
        assert len(leaderboard.build(*merged, "ours", "mgah", elsewhere).frames) == 2


def test_a_setting_without_development_splits_has_its_verdicts_once(tmp_path, ours):
    """Where another setting of the same dataset has some."""
    more = [
        rows({"mgah": 0.3, "new": 0.4}, splits=("cat", "fox"), backbone="deep").assign(source=name)
        for name in "ab"
    ]
    here = [rows({"mgah": 0.3, "new": 0.5}).assign(source=name) for name in "ab"]
    table = pd.concat([*more, *here])
    table["value"] += (table["source"] == "b") * 0.01
    found = leaderboard.build(table, [], "a", "mgah", {"pets": ["dog"]})
    headings = [frame.heading for frame in found.frames]
    assert len(headings) == 5 and len(set(headings)) == 5


def test_a_method_has_one_row_whatever_was_trained_on_each_split(tmp_path, ours):
    parts = rows({"new": 0.4}, splits=("cat",), trained="all"), rows({"new": 0.4}, splits=("dog", "fox"))
    other = read_submission(submit(tmp_path / "b", pd.concat(parts)), "theirs")
    frames = leaderboard.build(*leaderboard.merged(ours, [other]), "ours", "mgah").frames
    assert [(frame.cells["Method"] == "NEW").sum() for frame in frames] == [1, 1]


def test_a_run_without_the_reference_is_compared_with_nothing(tmp_path, ours):
    other = read_submission(submit(tmp_path / "b", rows({"new": 0.4})), "theirs")
    table = leaderboard.build(*leaderboard.merged(ours, [other]), "ours", "dhn")
    assert len(table.frames) == 1 and table.data["difference"].isna().all()
    assert not any("Verdicts are on" in note for note in table.notes)


def test_two_sources_of_one_name_are_refused(tmp_path, ours):
    other = read_submission(submit(tmp_path / "b", rows({"new": 0.4})))
    with pytest.raises(
        InputError, match="2 sources are called 'ours', expected a name each: --merge NAME=FOLDER"
    ):
        leaderboard.merged(ours, [other])


def test_all_values_are_written_by_source(tmp_path, ours):
    other = read_submission(submit(tmp_path / "b", rows({"itq": 0.25}, label="ITQ, mine")), "theirs")
    scores, section = leaderboard.write(ours.place, ours, [other])
    written = read_leaderboard(ours.place / "leaderboard.csv")
    pd.testing.assert_frame_equal(written, scores, check_dtype=False)
    assert set(written.loc[written["method"] == "itq", "label"]) == {"ITQ", "ITQ, mine"}
    assert section.title.startswith("Leaderboard") and (ours.place / "tables/leaderboard.md").is_file()
