"""The course of trainings, from the cards of models to a tidy table and back."""

import numpy as np
import pandas as pd
import pytest

from mgah.errors import InputError
from mgah.io.files import write_json
from mgah.methods.mgah import MGAH
from mgah.methods.mgah.losses import linear_growth
from mgah.methods.models import save_model
from mgah.semantics.store import ClassSemantics
from mgah.training.history import COLUMNS, collect_history, read_history, write_history

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


def card(folder, name="4", **changes):
    content = {"parameters": {"beta": [1, 5]}, "history": {"loss_": [0.5]}, "cell": CELL}
    write_json(folder / f"{name}.json", content | changes)
    return folder / f"{name}.safetensors"


def test_one_epoch_has_the_first_beta_and_other_methods_have_none(tmp_path):
    files = [card(tmp_path), card(tmp_path, "8", parameters={}, cell=CELL | {"bits": 8})]
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
    (tmp_path / "history.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"history\.csv"):
        read_history(tmp_path / "history.csv")
