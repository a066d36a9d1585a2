"""The file of a model and its card: what they tell, and what is said of those that cannot be read."""

import platform
import subprocess
import sys

import numpy as np
import pytest
import sklearn
import torch

from mgah.baselines.itq import ITQ
from mgah.errors import InputError
from mgah.io.files import read_json, write_json
from mgah.methods.mgah import MGAH
from mgah.methods.models import load_model, save_model
from mgah.semantics.store import ClassSemantics

CELL = {"dataset": "toy", "seed": 0}


@pytest.fixture(scope="module")
def method():
    random = np.random.default_rng(0)
    features, labels = random.standard_normal((40, 8)).astype(np.float32), np.arange(40) % 4
    return ITQ(n_bits=4).fit(features, labels, ClassSemantics.from_vectors("abcd", np.eye(4)))


@pytest.fixture
def model(method, tmp_path):
    save_model(tmp_path / "4.safetensors", "itq", method, CELL)
    return tmp_path / "4.safetensors"


def test_the_card_tells_parameters_cell_and_versions(model, method):
    card = read_json(model.with_suffix(".json"))
    assert (card["method"], card["n_features_in_"], card["cell"]) == ("itq", 8, CELL)
    assert card["parameters"] == method.get_params() and card["parameters"]["iterations"] == 50
    assert card["versions"]["python"] == platform.python_version()
    assert card["versions"]["numpy"] == np.__version__
    assert card["versions"]["scikit-learn"] == sklearn.__version__
    assert torch.__version__.startswith(card["versions"]["torch"])


@pytest.mark.long
def test_the_version_of_torch_stands_in_the_cards_of_methods_that_use_it_alone(tmp_path):
    """In a process of its own: here torch is imported already. ITQ comes first, before DHN imports it there."""
    code = f"""if True:
        import numpy as np
        import mgah.training.fit
        from mgah import registry
        from mgah.methods.models import save_model
        from mgah.semantics.store import ClassSemantics
        features = np.random.default_rng(0).standard_normal((160, 8)).astype(np.float32)
        for word in ("itq", "dhn"):
            method = registry.build("methods", word, n_bits=4, **registry.load("methods", word).quick_parameters)
            method.fit(features, np.arange(160) % 4, ClassSemantics.from_vectors("abcd", np.eye(4)))
            save_model({str(tmp_path)!r} + f"/{{word}}.safetensors", word, method, {{}})"""
    subprocess.run([sys.executable, "-c", code], check=True)
    versions = {word: read_json(tmp_path / f"{word}.json")["versions"] for word in ("itq", "dhn")}
    assert "torch" not in versions["itq"] and "torch" in versions["dhn"]


def test_a_model_is_the_same_file_each_time(model, method):
    before = model.read_bytes(), model.with_suffix(".json").read_bytes()
    save_model(model, "itq", method, CELL)
    assert (model.read_bytes(), model.with_suffix(".json").read_bytes()) == before


def test_a_model_without_its_card_or_its_method_is_told_what_it_lacks(model):
    card = model.with_suffix(".json")
    write_json(card, read_json(card) | {"method": "mine"})
    with pytest.raises(InputError, match=r"no method 'mine': .* or one of your own, .* in MGAH_MODULES"):
        load_model(model)
    card.unlink()
    with pytest.raises(
        InputError, match=r"there is no file .*4\.json: make it again, or copy what belongs to it"
    ):
        load_model(model)


@pytest.mark.parametrize(
    "damage",
    [
        lambda model: model.write_bytes(model.read_bytes()[:-9]),
        lambda model: write_json(model.with_suffix(".json"), {"method": "itq", "parameters": {"n_bits": 4}}),
        lambda model: write_json(
            model.with_suffix(".json"), {"method": "itq", "parameters": {"rounds": 4}, "n_features_in_": 8}
        ),
        lambda model: write_json(
            model.with_suffix(".json"), {"method": "itq", "parameters": [], "n_features_in_": 8}
        ),
    ],
    ids=[
        "cut",
        "card without the number of features",
        "card with a parameter that ITQ lacks",
        "list of parameters",
    ],
)
def test_a_model_that_cannot_be_read_is_one_clear_error(model, damage):
    damage(model)
    with pytest.raises(
        InputError, match=r"model .*4\.(safetensors cannot be read|json (lacks|has)) .+: fit it again"
    ):
        load_model(model)


def test_numbers_of_numpy_inside_parameters_are_numbers_of_the_card(tmp_path):
    method = MGAH(n_bits=4, beta=list(np.linspace(1, 5, 2, dtype=np.float32)), **MGAH.quick_parameters)
    features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
    method.fit(features, labels, ClassSemantics.from_vectors("abcd", np.eye(4)))
    save_model(tmp_path / "4.safetensors", "mgah", method, {})
    assert read_json(tmp_path / "4.json")["parameters"]["beta"] == [1.0, 5.0]
    np.testing.assert_array_equal(
        load_model(tmp_path / "4.safetensors").encode(features), method.encode(features)
    )
