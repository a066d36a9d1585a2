"""Differences by code length, from runs that have one each: numbers by hand, and what they are compared on."""

import json

import pytest

from mgah.errors import InputError
from mgah.report.lengths import by_length
from mgah.tables.scores import write_scores

LEAD = {"part": "lead", "method": "mgah", "against": ["itq"]}
GRAPH = {"part": "graph", "method": "mgah", "against": ["off"]}


@pytest.fixture
def publish(tmp_path, make_scores):
    """Writes a run of some code lengths; ``mgah`` names its mAP by split, ITQ has 0.1 and no graph 0.3."""

    def write(name, bits, mgah, asked=(LEAD,), others=("itq", "off"), **cell):
        (tmp_path / name).mkdir()
        (tmp_path / name / "provenance.json").write_text(json.dumps({"config": {"contrasts": asked}}))
        rows = [{"method": "cosine", "split": split, "bits": None, "value": 0.2} for split in mgah]
        for metric, length in ((metric, length) for metric in ("mAP", "P@H<=2") for length in bits):
            for split, value in mgah.items():
                there = {"metric": metric, "bits": length, "split": split}
                rows.append(
                    there | {"method": "mgah", "label": "MGAH", "value": value, "trained": "end to end"}
                )
                rows += [
                    there
                    | {"method": other, "label": other.upper(), "value": {"itq": 0.1, "off": 0.3}[other]}
                    for other in others
                ]
        write_scores(tmp_path / name / "scores.csv", make_scores(*(row | cell for row in rows)))
        return tmp_path

    return write


def lines(text):
    return [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if "---" not in line
    ]


def test_lengths_stand_beside_each_other_on_the_splits_that_all_runs_have(publish):
    """At 16 bits the lead is 0.1 and 0.3, of which Student's t with one degree of freedom, 12.7062, times 0.1 is half
    the interval; split c is of one run alone, and its lead of 0.8 left out. Over the lengths split a has 0.1, 0.2 and
    0.2, b has 0.3, 0.2 and 0.2: their means are 1/30 from 0.2, and half of that interval is 12.7062/30."""
    publish("short", [16], {"a": 0.2, "b": 0.4, "c": 0.9})
    folder = publish("long", [32, 48], {"a": 0.3, "b": 0.3})
    heading, *found = lines(by_length(folder, "long,short"))
    lengths = ["16 bits", "32 bits", "48 bits", "16 to 48 bits, mean"]
    assert heading == ["Difference", "Method", "Minus", "Metric", *lengths]
    assert [line[:4] for line in found] == [
        ["Lead", "MGAH (end to end)", "ITQ", metric] for metric in ("mAP", "P@H≤2")
    ]
    assert found[0][4:] == [
        "+0.200 [-1.071, 1.471], 2/2",
        "+0.200 [0.200, 0.200], 2/2",
        "+0.200 [0.200, 0.200], 2/2",
        "+0.200 [-0.224, 0.624], 2/2",
    ]


def test_what_one_run_asks_is_computed_in_all_that_have_its_methods(publish):
    publish("one", [16], {"a": 0.2, "b": 0.2}, asked=[LEAD, GRAPH])
    publish("two", [32], {"a": 0.2, "b": 0.4}, asked=[])
    folder = publish("three", [48], {"a": 0.4, "b": 0.4}, others=("itq",))
    found = [line for line in lines(by_length(folder, "one,two,three"))[1:] if line[3] == "mAP"]
    assert [line[0] for line in found] == ["Lead", "What the graph adds"]
    assert found[1][4:] == ["-0.100 [-0.100, -0.100], 0/2", "+0.000 [-1.271, 1.271], 1/2", "–", "–"]
    # one length is no comparison of lengths
    heading, *found = lines(by_length(folder, "one,three"))
    assert [line[0] for line in found] == ["Lead", "Lead"]
    assert heading[-1] == "16 and 48 bits, mean", "32 is not in it"


def test_a_split_without_a_value_at_one_length_has_no_mean_over_the_lengths(publish):
    publish("one", [16], {"a": 0.2, "b": float("nan")})
    folder = publish("two", [32], {"a": 0.4, "b": 0.4})
    found = lines(by_length(folder, "one,two"))[1]
    undefined = "n/a (undefined), 1/2"
    assert found[4:] == [undefined, "+0.300 [0.300, 0.300], 2/2", undefined]


def test_runs_of_one_length_are_refused(publish):
    publish("here", [16], {"a": 0.2})
    folder = publish("there", [16], {"a": 0.2})
    with pytest.raises(InputError, match=r"there have no contrast at two code lengths, expected one or more"):
        by_length(folder, "here,there")


def test_runs_without_one_setting_in_common_are_refused(publish, tmp_path):
    publish("here", [16], {"a": 0.2})
    folder = publish("there", [32], {"a": 0.2}, backbone="another")
    with pytest.raises(InputError, match=r"there have 0 settings in common, expected one: name other runs"):
        by_length(folder, "here,there")
    (tmp_path / "here/scores.csv").unlink()
    with pytest.raises(InputError, match=r"here has no scores\.csv, expected a published run"):
        by_length(folder, "here,there")
