"""The file of a model and its card: what they tell, and what is said of those that cannot be read."""

import platform
import subprocess
import sys

import numpy as np
import pytest
import sklearn
import torch
from safetensors.numpy import load_file, save_file

from mgah.baselines.dhn import DHN
from mgah.baselines.itq import ITQ
from mgah.baselines.lsh import LSH
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


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_card_alone_takes_the_place_of_a_model(model, method):
    save_model(model, "itq", method, CELL, weights=False)
    card = read_json(model.with_suffix(".json"))
    assert card["weights_sha256"] is None and not model.exists()
    with pytest.raises(
        InputError, match=r"4\.safetensors is not there, only its card, expected its weights: keep"
    ):
        load_model(model)


def test_weights_that_lie_beside_a_card_without_weights_are_refused(model, method):
    weights = model.read_bytes()
    save_model(model, "itq", method, CELL, weights=False)
    model.write_bytes(weights)
    with pytest.raises(
        InputError, match=r"4\.safetensors is not of its card, which has none, expected its weights: keep"
    ):
        load_model(model)


def of_lsh():
    return LSH(n_bits=4).fit(np.random.default_rng(0).standard_normal((40, 8)))


@pytest.mark.parametrize(
    ("name", "given", "cell", "message"),
    [
        (
            "random_codes",
            of_lsh,
            {},
            "'random_codes' names RandomCodes, but the method is a LSH, expected the name",
        ),
        ("sdh", of_lsh, {}, "'sdh' names SDH, but the method is a LSH"),
        ("nope", of_lsh, {}, "there is no method 'nope'"),
        ("lsh", LSH, {}, "LSH must be fitted before its model is written"),
        (
            "lsh",
            of_lsh,
            {"a": {1, 2}},
            "LSH: cell cannot stand in its model's card, as JSON does not hold it",
        ),
        ("lsh", of_lsh, {("a", "b"): 1}, "LSH: cell cannot stand in its model's card"),
    ],
)
def test_what_cannot_be_a_model_leaves_the_old_one_as_it_was(name, given, cell, message, model):
    before = contents(model.parent)
    for weights in (True, False):
        with pytest.raises(InputError, match=message):
            save_model(model, name, given(), cell, weights=weights)
    assert contents(model.parent) == before


def test_a_card_that_cannot_be_written_leaves_the_old_weights(model, monkeypatch):
    def full(*arguments, **options):
        raise OSError("no space left")

    before = contents(model.parent)
    monkeypatch.setattr("mgah.methods.models.write_json", full)
    for weights in (True, False):
        with pytest.raises(OSError, match="no space left"):
            save_model(model, "lsh", of_lsh(), {}, weights=weights)
    assert contents(model.parent) == before


def test_numbers_of_numpy_in_a_cell_are_numbers_of_the_card(tmp_path, method):
    save_model(tmp_path / "4.safetensors", "itq", method, {"seed": np.int64(3), "at": np.arange(2)})
    assert read_json(tmp_path / "4.json")["cell"] == {"seed": 3, "at": [0, 1]}


@pytest.mark.parametrize("file", ["", "m", "m.json", "v1.5", "4.SAFETENSORS", ".safetensors"])
def test_a_model_has_the_suffix_that_keeps_its_card_apart(file, method, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for use in (load_model, lambda place: save_model(place, "itq", method, {})):
        with pytest.raises(
            InputError, match=rf"a model cannot be the file '{file}': expected a name that ends in"
        ):
            use(file)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda arrays: arrays.pop("mean_"), "ITQ cannot encode with its arrays, AttributeError"),
        (lambda arrays: arrays.update(mean_=np.zeros(3)), "ITQ cannot encode with its arrays, ValueError"),
        (
            lambda arrays: arrays.update(encode=np.zeros(3)),
            "holds the array encode, expected those that ITQ learns",
        ),
        (lambda arrays: arrays.update(__doc__=np.zeros(3)), "holds the array __doc__"),
        (lambda arrays: arrays.update(n_features_in_=np.zeros(3)), "holds the array n_features_in_"),
    ],
    ids=["one fewer", "another shape", "a name of a function", "a name of Python", "a name of the card"],
)
def test_arrays_that_are_not_those_of_the_method_are_refused_without_a_checksum_too(model, change, message):
    arrays, card = load_file(model), read_json(model.with_suffix(".json"))
    change(arrays)
    save_file(arrays, model)
    del card["weights_sha256"]
    write_json(model.with_suffix(".json"), card)
    with pytest.raises(InputError, match=rf"4\.safetensors cannot be read \(.*{message}.*: fit it again"):
        load_model(model)


def test_reading_a_model_keeps_its_device_and_needs_none(tmp_path):
    features = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32)
    method = DHN(n_bits=4, device="cpu", epochs=1, trunk=8).fit(features, np.arange(40) % 4)
    method.set_params(device="cuda")
    save_model(tmp_path / "4.safetensors", "dhn", method, {})
    assert load_model(tmp_path / "4.safetensors").device == "cuda"
