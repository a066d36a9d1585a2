"""Notes on learning that did not happen: what raises one, and that nothing else does."""

import numpy as np
import pytest

from mgah import registry
from mgah.methods.base import HashingMethod, signs
from mgah.methods.codes import read_codes
from mgah.training.fit import encoded, write_fit
from mgah.training.learning import constant_share, falls_late, learning_notes

EPOCHS = np.arange(20)


class Fixed(HashingMethod):
    """Codes that are made of the rows by a function."""

    uses_labels = uses_semantics = False

    def __init__(self, *, n_bits: int = 8, random_state: int = 0, made=None) -> None:
        self.n_bits, self.random_state, self.made = n_bits, random_state, made

    def _fit(self, features, labels, semantics) -> None:
        self.loss_ = np.exp(-EPOCHS / 2)

    def _encode(self, features):
        return self.made(np.asarray(features)[:, : self.n_bits])


def notes(inputs, made, loss=None):
    method = Fixed(made=made).fit(inputs.features)
    method.loss_ = method.loss_ if loss is None else loss
    return learning_notes(method, encoded(method, inputs, {}), inputs)


def without(rows, count):
    """Signs of centered rows, whose first ``count`` bits are +1."""
    codes = signs(rows - np.arange(rows.shape[1]) * 0.01)
    codes[:, :count] = 1
    return codes


def noise(rows):
    """Bits that depend on the last digits of the rows and on nothing that classes share."""
    return signs(np.sin(rows * 1e6))


def test_a_code_that_is_the_same_for_all_images_is_told(zoo):
    (note,) = notes(zoo, lambda rows: without(rows, 8))
    assert note == "At 8 bits, on a split or more, all images have the same code: nothing was learned."


@pytest.mark.parametrize(("count", "told"), [(3, False), (4, True)])
def test_half_of_the_bits_being_constant_is_told(zoo, count, told):
    found = notes(zoo, lambda rows: without(rows, count))
    assert any("half of the bits or more are the same" in note for note in found) is told


def test_the_share_of_constant_bits_counts_queries_and_database(zoo):
    method = Fixed(made=lambda rows: without(rows, 2)).fit(zoo.features)
    assert constant_share(encoded(method, zoo, {})) == 0.25


def test_codes_below_random_projections_of_the_same_features_are_told(zoo):
    (note,) = notes(zoo, noise)
    assert "training images rank worse by their codes than by as many random projections" in note


@pytest.mark.parametrize(
    ("loss", "late"),
    [
        (1.0 - EPOCHS * 0.04, True),
        (np.exp(-EPOCHS / 30), True),
        (np.exp(-EPOCHS / 10), False),
        (1.0 + EPOCHS * 0.1, False),
        (np.ones(20), False),
        (np.array([3.0, 2.0, 1.0, 0.5]), False),
        (np.empty(0), False),
    ],
    ids=["straight", "slow", "ended", "rising", "flat", "too few epochs", "no loss"],
)
def test_a_loss_that_still_falls_fast_is_told(zoo, loss, late):
    assert falls_late(loss) is late
    found = notes(zoo, lambda rows: without(rows, 0), loss)
    assert any("still falling fast" in note for note in found) is late


def test_notes_stand_in_the_codes_file_behind_the_others_and_a_control_has_none(zoo, make_job, tmp_path):
    for method in ("itq", "random_codes"):
        job = make_job(zoo, method)
        write_fit(job, tmp_path / method, None)
        assert read_codes(tmp_path / method / "8.npz").cell == job.cell(8)
    job = make_job(
        zoo, "mgah", parameters={"epochs": 5, "trunk": 8, "latent": 4, "device": "cpu", "lr": 1e-9}
    )
    write_fit(job, tmp_path / "mgah", None)
    cell = read_codes(tmp_path / "mgah/8.npz").cell
    plain = job.cell(8)["notes"]
    assert cell["notes"][: len(plain)] == plain and len(cell["notes"]) > len(plain)
    assert registry.find("methods", "random_codes").tags["control"] is True
