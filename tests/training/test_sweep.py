"""Sweeps: each variant is the fit that a plain job would make, and codes tell which variant they are."""

import json

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.methods.codes import read_codes
from mgah.splits import training_subset

SHORT = {"epochs": 2, "trunk": 8, "latent": 4, "device": "cpu"}


@pytest.fixture
def train(call, inputs):
    """Runs the job fit or sweep of MGAH into a folder."""

    def run(job, folder, bits, *more, parameters=SHORT):
        where = ["--codes", folder / "codes"]
        where += ["--models", folder / "models"] if job == "fit" else []
        call(job, inputs, "mgah", parameters, "--seed", 3, "--bits", *bits, *where, *more)

    return run


def run_sweep(train, folder, vary, bits=(4,)):
    train("sweep", folder, bits, "--sweep", "toys", "--vary", json.dumps(vary))


@pytest.mark.parametrize(
    ("vary", "place", "parameters", "more"),
    [
        ({"alpha": [0.9, 0.1]}, "alpha/0.1", {"alpha": 0.1}, []),
        ({"latent": [2, 4]}, "latent/2", {"latent": 2}, []),
        ({"training": [30, 60]}, "training/30", {}, ["--training", 30]),
        ({"training": [30, 60]}, "training/60", {}, []),
    ],
)
def test_a_variant_is_the_plain_fit_to_the_last_bit(train, tmp_path, vary, place, parameters, more):
    run_sweep(train, tmp_path / "sweep", vary, bits=(4, 8))
    train("fit", tmp_path, (4, 8), *more, parameters=SHORT | parameters)
    for n_bits in (4, 8):
        swept = read_codes(tmp_path / "sweep/codes" / place / f"{n_bits}.npz")
        alone = read_codes(tmp_path / f"codes/{n_bits}.npz")
        np.testing.assert_array_equal(swept.query_codes, alone.query_codes)
        np.testing.assert_array_equal(swept.database_codes, alone.database_codes)
        assert swept.cell.items() >= alone.cell.items()


def test_code_lengths_are_fitted_together_as_a_plain_job_does(train, tmp_path):
    run_sweep(train, tmp_path / "sweep", {"bits": [2, 3, 5]})
    train("fit", tmp_path, (2, 3, 5))
    for n_bits in (2, 3, 5):
        swept = read_codes(tmp_path / f"sweep/codes/bits/{n_bits}.npz")
        alone = read_codes(tmp_path / f"codes/{n_bits}.npz")
        np.testing.assert_array_equal(swept.database_codes, alone.database_codes)
        cell = swept.cell
        assert (cell["parameter"], cell["setting"], cell["default"]) == ("bits", str(n_bits), "")


def test_codes_tell_their_variant_and_what_the_other_fits_have(train, tmp_path):
    run_sweep(train, tmp_path, {"lambda_": [0, 0.5], "latent": [2], "training": [40]})
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
        ({"alpha": [0.5], "gamma": [1]}, r"has no parameter 'gamma'"),
        ({"alpha": [0.5], "training": [61]}, r"has 60 training images, got a subset of 61"),
    ],
)
def test_a_bad_sweep_fits_nothing(train, tmp_path, vary, words):
    with pytest.raises(InputError, match=words):
        run_sweep(train, tmp_path / "out", vary)
    assert not list(tmp_path.glob("out/**/*.*"))


def test_training_subsets_change_the_training_images_alone(inputs):
    images, split = inputs.images, inputs.split
    subset = training_subset(split, images, 30)
    assert len(subset.training) == 30 and np.isin(subset.training, split.training).all()
    for part in ("queries", "seen_queries", "database"):
        np.testing.assert_array_equal(getattr(subset, part), getattr(split, part))


@pytest.mark.parametrize(
    ("vary", "message"),
    [({"iterations": [1, 2, -5]}, "ITQ: iterations is -5"), ({"bits": [4, 13]}, "ITQ: n_bits is 13")],
)
def test_nothing_is_written_where_one_of_the_values_is_not_valid(call, inputs, tmp_path, vary, message):
    asked = ["--sweep", "toys", "--vary", json.dumps(vary), "--codes", tmp_path / "codes"]
    with pytest.raises(InputError, match=message):
        call("sweep", inputs, "itq", {}, "--bits", 4, *asked)
    assert not (tmp_path / "codes").exists()
