"""The course of trainings, from the cards of models to a tidy table and back."""

import numpy as np
import pandas as pd
import pytest

from mgah.baselines.doph import DOPH
from mgah.errors import InputError
from mgah.io.files import write_json
from mgah.methods.mgah import MGAH
from mgah.methods.mgah.losses import linear_growth
from mgah.methods.models import save_model
from mgah.semantics.store import ClassSemantics
from mgah.tables.history import COLUMNS, read_history, write_history
from mgah.training.history import collect_history

CELL = {"dataset": "toys", "backbone": "net", "semantics": "words", "split": "cat", "method": "mgah"}
CELL |= {"label": "MGAH", "bits": 4, "seed": 0, "notes": []}


def test_loss_and_beta_by_epoch_are_those_of_the_training(tmp_path):
    random = np.random.default_rng(0)
    features = random.standard_normal((40, 6)).astype(np.float32)
    method = MGAH(n_bits=4, epochs=3, trunk=5, latent=2, beta=(1, 2), device="cpu")
    method.fit(
        features, np.arange(40) % 2, ClassSemantics.from_vectors(["a", "b"], random.standard_normal((2, 3)))
    )
    save_model(tmp_path / "4.safetensors", "mgah", method, CELL)
    table = collect_history([tmp_path / "4.safetensors"])
    assert tuple(table.columns) == COLUMNS
    assert table["epoch"].tolist() == [1, 2, 3]
    assert table["loss"].tolist() == method.loss_.tolist()
    assert table["beta"].tolist() == [linear_growth(1, 2, progress) for progress in (0, 0.5, 1)]


@pytest.mark.parametrize("epochs", [1, 2, 10, 30])
def test_beta_of_any_number_of_epochs_grows_linearly(tmp_path, epochs):
    random = np.random.default_rng(0)
    features = random.standard_normal((12, 6)).astype(np.float32)
    semantics = ClassSemantics.from_vectors(["a", "b"], random.standard_normal((2, 3)))
    method = MGAH(n_bits=4, epochs=epochs, trunk=5, latent=2, device="cpu").fit(
        features, np.arange(12) % 2, semantics
    )
    save_model(tmp_path / "4.safetensors", "mgah", method, CELL)
    found = collect_history([tmp_path / "4.safetensors"])["beta"].to_numpy()
    np.testing.assert_array_equal(
        found, np.linspace(1, 5, epochs)
    )  # as published tables have it, to the last bit
    exact = [linear_growth(1, 5, epoch / max(epochs - 1, 1)) for epoch in range(epochs)]
    np.testing.assert_allclose(found, exact, rtol=1e-15)


def test_a_weight_that_is_called_beta_is_no_schedule(tmp_path):
    random = np.random.default_rng(0)
    features = random.standard_normal((40, 6)).astype(np.float32)
    method = DOPH(n_bits=4, epochs=2, trunk=5, device="cpu")
    method.fit(
        features, np.arange(40) % 2, ClassSemantics.from_vectors(["a", "b"], random.standard_normal((2, 3)))
    )
    save_model(tmp_path / "4.safetensors", "doph", method, CELL | {"method": "doph"})
    table = collect_history([tmp_path / "4.safetensors"])
    assert table["loss"].tolist() == method.loss_.tolist()
    assert table["beta"].isna().all()


def card(folder, name="4", **changes):
    content = {"parameters": {}, "history": {"loss_": [0.5], "beta_": [1.0]}, "cell": CELL}
    write_json(folder / f"{name}.json", content | changes)
    return folder / f"{name}.safetensors"


def test_one_epoch_has_the_first_beta_and_other_methods_have_none(tmp_path):
    other = {"parameters": {"beta": [1, 5]}, "history": {"loss_": [0.5]}, "cell": CELL | {"bits": 8}}
    files = [card(tmp_path), card(tmp_path, "8", **other)]
    table = collect_history(reversed(files))
    assert table["bits"].tolist() == [4, 8]
    assert table["beta"].iloc[0] == 1 and np.isnan(table["beta"].iloc[1])
    write_history(tmp_path / "history.csv", table)
    pd.testing.assert_frame_equal(read_history(tmp_path / "history.csv"), table)


def test_no_models_make_a_table_without_rows(tmp_path):
    write_history(tmp_path / "history.csv", collect_history([]))
    assert read_history(tmp_path / "history.csv").empty


def test_bad_files_are_one_clear_error(tmp_path):
    with pytest.raises(InputError, match=r"4\.json tells of no training"):
        collect_history([card(tmp_path, history={})])
    with pytest.raises(InputError, match=r"4\.json tells of no training"):
        collect_history([card(tmp_path, history={"loss_": [0.5, 0.4], "beta_": [1.0]})])
    (tmp_path / "history.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"history\.csv"):
        read_history(tmp_path / "history.csv")
