"""The job choose: its record holds what was tried, and a fit takes what was chosen."""

import json
from dataclasses import replace

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.methods.codes import read_codes
from mgah.methods.models import load_model
from mgah.training.choice import read_choice
from mgah.training.pseudo_unseen import draw_tasks
from mgah.training.rule import best_variant
from mgah.training.trials import try_variants
from mgah.training.variants import grid_variants

#: A grid of two variants besides the default.
AXES = [[{"n_anchors": 60}, {"n_anchors": 10}], [{"graph": "targets"}]]


@pytest.fixture
def chosen(call, zoo, tmp_path):
    """The record of a choice for TSK at 8 bits."""
    asked = ["--choose", json.dumps(AXES), "--trials", 3, "--draws", 2, "--seed", 4]
    named = ["--variant", "tsk_chosen", "--label", "TSK, chosen"]
    call(
        "choose",
        zoo,
        "tsk",
        {"n_anchors": 30},
        "--bits",
        8,
        *asked,
        *named,
        "--output",
        tmp_path / "tsk.json",
    )
    return tmp_path / "tsk.json"


def test_the_record_holds_the_scores_of_the_drawn_variants_on_the_drawn_classes(chosen, make_job, zoo):
    choice = read_choice(chosen)
    variants = grid_variants("tsk", {"n_anchors": 30}, AXES, 3)
    tasks = draw_tasks(zoo.split, zoo.images, 2, None, 4)
    scores = try_variants(
        make_job(zoo, "tsk", parameters={"n_anchors": 30}, bits=(8,), seed=4), variants, tasks
    )
    assert choice.settings == [variant.parameters for variant in variants] and len(variants) == 3
    assert choice.held_out == [list(task.held_out) for task in tasks]
    assert choice.mAP == scores.tolist() and choice.chosen == best_variant(scores)
    assert (choice.bits, choice.seed) == (8, 4)
    assert choice.cell == {
        "dataset": "zoo",
        "backbone": "none",
        "semantics": "words",
        "split": "cat",
        "method": "tsk_chosen",
        "label": "TSK, chosen",
    }


def test_a_fit_takes_what_was_chosen_and_tells_so(chosen, call, zoo, tmp_path):
    record = json.loads(chosen.read_text())
    chosen.write_text(json.dumps(record | {"chosen": 2}))
    where = ["--codes", tmp_path / "codes", "--models", tmp_path / "models"]
    call("fit", zoo, "tsk", {"n_anchors": 30}, "--choice", chosen, "--bits", 4, *where)
    method = load_model(tmp_path / "models/4.safetensors")
    taken = record["settings"][2]
    assert taken and {name: getattr(method, name) for name in taken} == taken
    notes = read_codes(tmp_path / "codes/4.npz").cell["notes"]
    assert read_choice(chosen).note() in notes


def test_notes_that_not_all_settings_have_are_of_the_splits_that_chose_so(make_job, zoo):
    settings = ({}, {"loss_on": "both"}, {"loss_on": "both", "attention": "sigmoid"})
    job = make_job(zoo, "mgah", parameters={"trunk": 8} | settings[2])
    plain = job.cell(4)["notes"]
    assert "The loss on the codes before the graph as well is this project's addition." in plain
    candidates = tuple({"trunk": 8} | setting for setting in settings)
    found = replace(job, candidates=candidates).cell(4)["notes"]
    trunk = "A hidden layer of 8 units before the hash layer is this project's addition."
    assert set(found) - set(plain) == {
        "The loss on the codes before the graph as well is this project's addition (on splits that chose so).",
        "Attention by sigmoid in place of equation 5 is this project's addition (on splits that chose so).",
    }
    assert trunk in found and len(found) == len(plain)
    # what all settings have is of all splits
    assert (
        replace(job, candidates=candidates[1:])
        .cell(4)["notes"]
        .count("The loss on the codes before the graph as well is this project's addition.")
        == 1
    )


def test_a_fit_marks_notes_by_the_settings_of_its_record(chosen, call, zoo, tmp_path):
    record = json.loads(chosen.read_text())
    chosen.write_text(json.dumps(record | {"settings": [{}, {"loss_on": "both"}, {}], "chosen": 1}))
    where = ["--codes", tmp_path / "codes", "--models", tmp_path / "models"]
    parameters = {"trunk": 8, "latent": 4, "epochs": 1}
    call("fit", zoo, "mgah", parameters, "--choice", chosen, "--bits", 4, *where)
    notes = read_codes(tmp_path / "codes/4.npz").cell["notes"]
    assert any(note.endswith("is this project's addition (on splits that chose so).") for note in notes)


def test_the_number_of_held_out_classes_may_be_given(call, zoo, tmp_path):
    asked = ["--choose", json.dumps(AXES), "--trials", 2, "--draws", 1, "--pseudo-unseen", 2]
    call("choose", zoo, "tsk", {}, "--bits", 8, *asked, "--output", tmp_path / "tsk.json")
    choice = read_choice(tmp_path / "tsk.json")
    assert [len(held_out) for held_out in choice.held_out] == [2]
    assert np.shape(choice.mAP) == (2, 1)


def test_trials_have_one_code_length(call, zoo, tmp_path):
    asked = ["--choose", json.dumps(AXES), "--trials", 2, "--draws", 1, "--output", tmp_path / "tsk.json"]
    with pytest.raises(InputError, match=r"--bits is \[8, 16\], expected the one code length of the trials"):
        call("choose", zoo, "tsk", {}, "--bits", 8, 16, *asked)
    assert not (tmp_path / "tsk.json").exists()


def test_a_parameter_on_two_axes_is_refused_before_anything_is_written(call, zoo, tmp_path):
    axes = json.dumps([*AXES, [{"n_anchors": 20}]])
    asked = ["--choose", axes, "--trials", 2, "--draws", 1, "--output", tmp_path / "tsk.json"]
    with pytest.raises(InputError, match="the grid has 'n_anchors' on axes 0 and 2"):
        call("choose", zoo, "tsk", {}, "--bits", 8, *asked)
    assert not (tmp_path / "tsk.json").exists()
