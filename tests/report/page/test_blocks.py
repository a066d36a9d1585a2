"""Labels of stand-ins and leaks, counted by hand."""

import pandas as pd

from mgah.report.page.blocks import blocks
from mgah.report.paper.published import REFERENCE, read_reference
from tests.report.page.conftest import BLOCK, CONFIG, score_rows


def found():
    return blocks(score_rows(), read_reference(REFERENCE), CONFIG | {"datasets": CONFIG["datasets"]})


def test_a_block_knows_its_size_and_its_labels():
    mini, cifar = found()
    assert mini.key == BLOCK
    assert mini.name == "awa2-mini · lite0 · attributes"
    assert (mini.methods, mini.splits, mini.seeds, mini.bits) == (2, 1, 2, (8, 16))
    assert mini.labels == (
        "stand-in for Animals with Attributes2",
        "stand-in vectors",
        "leak: 2 of 3 unseen classes met",
    )
    assert cifar.labels == ("leaks not known",)


def test_vectors_that_stand_in_by_a_note_are_labeled_too():
    note = "300-d GloVe vectors, a stand-in for Google News word2vec"
    told = pd.DataFrame({"dataset": ["cifar10"], "semantics": ["word2vec"], "note": [note]})
    (_, cifar) = blocks(score_rows(), read_reference(REFERENCE), CONFIG, told)
    assert cifar.labels[0] == "stand-in vectors"


def test_scores_without_classes_say_that_nothing_is_known():
    rows = score_rows().assign(**{"class": ""}).drop_duplicates(["dataset", "seed"])
    assert blocks(rows, read_reference(REFERENCE), CONFIG)[1].labels == ("leaks not known",)


def test_clean_classes_have_no_warning():
    rows = score_rows().assign(leak="clean")
    assert blocks(rows, read_reference(REFERENCE), CONFIG)[1].labels == ()
