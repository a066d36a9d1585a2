"""What figures say of their settings."""

import re

import pandas as pd
import pytest

from mgah import registry
from mgah.report.figure_words import name_vectors, paper_value_words, setting_words
from mgah.report.writers import write_output

pytestmark = pytest.mark.slow

GLOVE = "300-d GloVe vectors of the class names, a stand-in for Google News word2vec"
FIGURES = [name for name in registry.names("outputs") if registry.find("outputs", name).group == "figures"]


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_names_the_vectors_that_were_used_and_what_was_trained(
    name, inputs, make_semantics_notes, tmp_path
):
    places = {"awa2_mini": ("glove", "attributes"), "cifar10": ("glove",), "digits": ("glove",)}
    notes = make_semantics_notes(
        *(
            {"dataset": dataset, "semantics": semantics, "note": GLOVE}
            for dataset, words in places.items()
            for semantics in words
        )
    )
    scores = inputs["scores"].assign(trained="end to end")
    more = [scores.assign(dataset="awa2_mini", semantics=words).iloc[::2] for words in places["awa2_mini"]]
    scores = pd.concat([scores, *more], ignore_index=True)
    sweeps = inputs["sweeps"].assign(trained="end to end")
    contrasts = inputs["contrasts"].query("trained == 'end to end'")
    more = contrasts.assign(dataset="awa2_mini", semantics="attributes")
    contrasts = pd.concat([contrasts, more], ignore_index=True)
    given = inputs | {"scores": scores, "semantics_notes": notes, "sweeps": sweeps, "contrasts": contrasts}
    _, svg = write_output(
        name, [given[table] for table in registry.find("outputs", name).parameters], tmp_path
    )
    text = " ".join(line.strip() for line in re.findall("<!--(.*?)-->", svg.read_text(encoding="utf-8")))
    for words in (
        "300-d GloVe vectors of the class names",
        "(stand-in)",
        "Backbone: lite0.",
        "Trained: end to end.",
    ):
        assert words in text, words


def test_vectors_are_named_where_they_stand_in_and_nowhere_else(make_scores, make_semantics_notes, reference):
    rows = make_scores({}, {"dataset": "digits"}, {"dataset": "digits", "semantics": "attributes"})
    notes = make_semantics_notes(
        {"note": GLOVE},
        {"note": f"{GLOVE}."},
        {"dataset": "digits", "note": "digits is a stand-in for numbers"},
        {"dataset": "faces", "note": f"other {GLOVE}"},
    )
    named = name_vectors(rows, notes)[["dataset", "semantics"]].apply(tuple, axis="columns")
    assert set(named) == {("cifar10", "glove (stand-in)"), ("digits", "glove"), ("digits", "attributes")}
    words = setting_words(rows, notes.drop(index=1), reference)
    assert words.count("GloVe") == 1 and f"glove of CIFAR-10: {GLOVE}." in words


def test_what_was_trained_is_said_by_method_where_it_differs(make_scores, make_semantics_notes, reference):
    rows = make_scores(
        {"method": "mgah", "trained": "end to end"},
        {"method": "ksh", "trained": "frozen features"},
        {"trained": "frozen features"},
        {"backbone": "alexnet", "trained": "frozen features"},
        {"method": "random_codes", "trained": "frozen features"},
    )
    words = setting_words(rows, make_semantics_notes(), reference)
    assert words.endswith(
        "Backbones: alexnet, lite0. Trained: end to end (MGAH); frozen features (ITQ, KSH)."
    )


def test_the_papers_values_are_told_apart_unless_the_setting_is_its_own(make_scores, reference):
    own = {"method": "mgah", "backbone": "alexnet", "trained": "end to end"}
    assert paper_value_words(make_scores(own), reference) == ""
    frozen = make_scores(own | {"trained": "frozen features, hash layers trained"})
    assert paper_value_words(frozen, reference) == (
        "The paper's values are of AlexNet trained end to end, ours of alexnet, frozen features, hash layers trained: "
        "not the same setting."
    )
    assert "ours of lite0, end to end:" in paper_value_words(
        make_scores(own | {"backbone": "lite0"}), reference
    )
