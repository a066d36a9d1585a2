"""Sweeps: each setting is the fit that a plain job would make, and codes tell which setting they are."""

import json
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.methods.codes import read_codes
from mgah.splits import training_subset
from mgah.training import __main__ as plain
from mgah.training import sweep
from mgah.training.inputs import Inputs

SHORT = {"epochs": 2, "trunk": 8, "latent": 4, "device": "cpu"}
NEEDED = ("--images", "--dataset-card", "--features", "--split", "--semantics")


@pytest.fixture
def call(inputs, monkeypatch):
    """Call the main function of a module on the made data."""
    features, images, split, semantics = inputs
    card = SimpleNamespace(name="toy", notes=("a note",))
    data = Inputs(images, card, features, {"backbone": "none", "notes": []}, split, semantics)

    def run(module, *arguments):
        files = [part for flag in NEEDED for part in (flag, "unread")]
        method = ["--semantics-name", "words", "--method", "mgah", "--seed", "3"]
        monkeypatch.setattr(module, "read_inputs", lambda _: data)
        monkeypatch.setattr(sys, "argv", ["hashing", *files, *method, *map(str, arguments)])
        module.main()

    return run


def run_sweep(call, folder, vary, bits=(4,)):
    arguments = [
        "--sweep",
        "toys",
        "--vary",
        json.dumps(vary),
        "--parameters",
        json.dumps(SHORT),
        "--bits",
        *bits,
    ]
    call(sweep, *arguments, "--codes", folder / "codes", "--models", folder / "models")


@pytest.mark.parametrize(
    ("vary", "place", "parameters", "more"),
    [
        ({"alpha": [0.9, 0.1]}, "alpha/0.1", {"alpha": 0.1}, []),
        ({"latent": [2, 4]}, "latent/2", {"latent": 2}, []),
        ({"training": [30, 60]}, "training/30", {}, ["--training", 30]),
        ({"training": [30, 60]}, "training/60", {}, []),
    ],
)
def test_a_setting_is_the_plain_fit_to_the_last_bit(call, tmp_path, vary, place, parameters, more):
    run_sweep(call, tmp_path / "sweep", vary, bits=(4, 8))
    plainly = ["--parameters", json.dumps(SHORT | parameters), "--bits", 4, 8, *more]
    call(plain, *plainly, "--codes", tmp_path / "codes", "--models", tmp_path / "models")
    for n_bits in (4, 8):
        ours = tmp_path / "sweep/models" / place / f"{n_bits}.safetensors"
        assert ours.read_bytes() == (tmp_path / f"models/{n_bits}.safetensors").read_bytes()
        swept = read_codes(tmp_path / "sweep/codes" / place / f"{n_bits}.npz")
        alone = read_codes(tmp_path / f"codes/{n_bits}.npz")
        np.testing.assert_array_equal(swept.query_codes, alone.query_codes)
        np.testing.assert_array_equal(swept.database_codes, alone.database_codes)
        assert swept.cell.items() >= alone.cell.items()


def test_code_lengths_are_fitted_together_as_a_plain_job_does(call, tmp_path):
    run_sweep(call, tmp_path / "sweep", {"bits": [2, 3, 5]})
    arguments = ["--parameters", json.dumps(SHORT), "--bits", 2, 3, 5]
    call(plain, *arguments, "--codes", tmp_path / "codes", "--models", tmp_path / "models")
    for n_bits in (2, 3, 5):
        name = f"{n_bits}.safetensors"
        assert (tmp_path / "sweep/models/bits" / name).read_bytes() == (
            tmp_path / "models" / name
        ).read_bytes()
        cell = read_codes(tmp_path / f"sweep/codes/bits/{n_bits}.npz").cell
        assert (cell["parameter"], cell["setting"], cell["default"]) == ("bits", str(n_bits), "")


def test_codes_tell_their_setting_and_what_the_other_fits_have(call, tmp_path):
    run_sweep(call, tmp_path, {"lambda_": [0, 0.5], "latent": [2], "training": [40]})
    files = sorted((tmp_path / "codes").rglob("*.npz"))
    cells = [read_codes(file).cell for file in files]
    assert {(cell["parameter"], cell["setting"], cell["default"]) for cell in cells} == {
        ("lambda_", "0", "0.9"),
        ("lambda_", "0.5", "0.9"),
        ("latent", "2", "4"),
        ("training", "40", "60"),
    }
    assert {(cell["sweep"], cell["method"], cell["split"], cell["seed"]) for cell in cells} == {
        ("toys", "mgah", "cow", 3)
    }


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ({"alpha": [0.5], "gamma": [1]}, r"does not take the parameters .*'gamma': 1"),
        ({"alpha": [0.5], "training": [61]}, r"has 60 training images, got a subset of 61"),
    ],
)
def test_a_bad_sweep_fits_nothing(call, tmp_path, vary, words):
    with pytest.raises(InputError, match=words):
        run_sweep(call, tmp_path, vary)
    assert not list(tmp_path.rglob("*.*"))


def test_training_subsets_change_the_training_images_alone(inputs):
    _, images, split, _ = inputs
    subset = training_subset(split, images, 30)
    assert len(subset.training) == 30 and np.isin(subset.training, split.training).all()
    for part in ("queries", "seen_queries", "database"):
        np.testing.assert_array_equal(getattr(subset, part), getattr(split, part))
