"""Features of trained networks: they are those of the model's weights, and scores on them are those of plain fits."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from mgah.baselines.itq import ITQ
from mgah.errors import InputError
from mgah.evaluation import trained_features
from mgah.evaluation.no_coding import score_split
from mgah.metrics.ranking import mean_average_precision
from mgah.tables.trained_features import read_trained_features
from mgah.training.fit import write_fit
from mgah.training.job import Job
from tests.fixtures.tiny import TinyNetwork
from tests.training.conftest import made_inputs, written

COUNT, SIDE = 100, 18  # the network resizes images to 18 pixels, so these stay as they are
SHORT = {"epochs": 2, "trunk": 8, "batch_size": 20, "device": "cpu", "network": "tiny", "lr": 1e-2}
BITS = (4, 6)
REFIT = {
    "itq": {"method": "itq", "label": None, "parameters": {}},
    "unit": {"method": "itq", "label": "ITQ, unit", "parameters": {"normalize": True}},
    "deep": {"method": "dhn", "label": None, "parameters": {"epochs": 1, "trunk": 4}},
}


@pytest.fixture(scope="module")
def inputs():
    """Images of five classes, which differ by their colors."""
    toy = made_inputs("toy", ("ant", "bee", "cow", "dog", "elk"), "cow", COUNT, 0.4, 40)
    random = np.random.default_rng(0)
    images = random.integers(0, 60, (COUNT, 3, SIDE, SIDE))
    images += random.integers(0, 180, (5, 3, 1, 1))[toy.images["class_id"]]
    return replace(toy, backbone="net", features=images.reshape(COUNT, -1).astype(np.uint8))


@pytest.fixture(scope="module")
def maps(inputs):
    """Feature maps of these images in place of them."""
    features = np.abs(np.random.default_rng(1).standard_normal((COUNT, 4 * 3 * 3)))
    return replace(inputs, features=features.astype(np.float16))


def trained(inputs, folder, trainable="all", bits=BITS, **changes):
    """A job whose models were written to ``folder``."""
    parameters = SHORT | {"trainable": trainable}
    job = Job(
        inputs, "dhn", parameters, bits, **{"seed": 3, "name": "dhn_all", "label": "DHN, all"} | changes
    )
    write_fit(job, folder / "codes", folder)
    return job


@pytest.fixture(scope="module")
def fitted(inputs, tiny_network, tmp_path_factory):
    """A job and the folder of its models."""
    folder = tmp_path_factory.mktemp("models")
    return trained(inputs, folder), folder


def by_hand(method, entering, part):
    """Features of the tiny network with the weights of ``method``, by torch alone."""
    network = TinyNetwork().network
    layers = network.get_submodule("tail") if part == "tail" else network
    layers.load_state_dict(
        {name: torch.tensor(value) for name, value in method.network_.items()}, strict=False
    )
    with torch.inference_mode():
        return layers(torch.from_numpy(entering)).numpy()


def test_features_are_those_of_the_trained_weights(fitted, inputs):
    job, folder = fitted
    method = trained_features.read_trained(folder, job, 6)
    features = trained_features.trained_features(method, inputs.features)
    images = inputs.features.reshape(COUNT, 3, SIDE, SIDE)[:, :, 1:17, 1:17].astype(np.float32)
    expected = by_hand(method, (images - 127) / 64, "all")
    assert features.shape == (COUNT, 8) and features.dtype == np.float32
    np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-5)
    untrained = TinyNetwork().network(torch.from_numpy((images - 127) / 64)).detach().numpy()
    assert np.abs(features - untrained).max() > 1e-2, "training moved them"


def test_features_of_a_tail_are_those_of_its_trained_weights_on_maps(maps, tiny_network, tmp_path):
    job = trained(maps, tmp_path, "tail", (4,))
    method = trained_features.read_trained(tmp_path, job, 4)
    features = trained_features.trained_features(method, maps.features)
    entering = maps.features.astype(np.float32).reshape(COUNT, 3, 3, 4).transpose(0, 3, 1, 2)
    np.testing.assert_allclose(features, by_hand(method, entering.copy(), "tail"), rtol=1e-4, atol=1e-5)


def test_features_do_not_depend_on_the_blocks_that_they_are_computed_in(fitted, inputs, monkeypatch):
    job, folder = fitted
    method = trained_features.read_trained(folder, job, 4)
    whole = trained_features.trained_features(method, inputs.features)
    monkeypatch.setattr(trained_features, "_ROWS", 30)
    np.testing.assert_allclose(
        trained_features.trained_features(method, inputs.features), whole, rtol=1e-5, atol=1e-6
    )


def test_the_device_of_the_job_is_that_of_a_network_that_was_trained_on_another(fitted, inputs):
    job, folder = fitted
    method = trained_features.read_trained(folder, job, 4)
    expected = trained_features.trained_features(method, inputs.features)
    method.set_params(device="cuda:99")
    assert next(trained_features.scored(job, method, {}, "cpu"))[0]["method"] == "cosine"
    np.testing.assert_array_equal(trained_features.trained_features(method, inputs.features, "cpu"), expected)
    with pytest.raises(InputError, match="device 'cuda:99' cannot be used here"):
        trained_features.trained_features(method, inputs.features)


def test_scores_are_those_of_plain_fits_on_the_features(fitted, inputs):
    job, folder = fitted
    method = trained_features.read_trained(folder, job, 6)
    cells = list(trained_features.scored(job, method, REFIT, "cpu"))
    assert [cell["method"] for cell, _ in cells] == ["itq", "unit", "deep", "cosine"]
    assert [cell["label"] for cell, _ in cells] == ["ITQ", "ITQ, unit", "DHN", "No coding (cosine)"]
    assert {(cell["trained"], cell["bits"], cell["seed"]) for cell, _ in cells} == {("end to end", 6, 3)}
    features, split = trained_features.trained_features(method, inputs.features), inputs.split
    labels = inputs.images["class_id"].to_numpy()
    names = [inputs.images["class_name"][np.argmax(labels == label)] for label in range(5)]
    seen = np.array([list(split.seen).index(names[label]) for label in labels[split.training]])
    random_state = job.build()[0].random_state
    for (_, values), normalize in zip(cells[:2], (False, True), strict=True):
        plain = ITQ(n_bits=6, random_state=random_state, normalize=normalize)
        plain.fit(features[split.training], seen, inputs.semantics.subset(split.seen))
        codes = plain.encode(features)
        expected = mean_average_precision(
            codes[split.queries], labels[split.queries], codes[split.database], labels[split.database]
        )
        found = {value.metric: value.value for value in values if not value.class_name}
        assert found["mAP"] == pytest.approx(expected, abs=1e-12)
        distances = (codes[split.queries][:, None] != codes[split.database][None]).sum(axis=2)
        near, right = distances <= 2, labels[split.queries][:, None] == labels[split.database][None]
        ball = (near & right).sum(axis=1) / np.maximum(near.sum(axis=1), 1)
        assert found["P@H<=2"] == pytest.approx(ball.mean(), abs=1e-12)
    assert cells[3][1] == score_split(features, inputs.images, split)


def test_the_command_writes_every_code_length_and_what_trained_the_network(fitted, inputs, tmp_path):
    job, folder = fitted
    parameters = {name: value for name, value in job.parameters.items() if name != "network"}
    options = written(inputs, tmp_path, "tiny")
    options += [
        "--method",
        "dhn",
        "--variant",
        "dhn_all",
        "--label",
        "DHN, all",
        "--seed",
        3,
        "--bits",
        *BITS,
    ]
    options += ["--parameters", json.dumps(parameters), "--models", folder, "--device", "cpu"]
    options += ["--refit", json.dumps(REFIT), "--output", tmp_path / "scores.csv"]
    trained_features.main(list(map(str, options)))
    table = read_trained_features(tmp_path / "scores.csv")
    assert set(table["network"]) == {"dhn_all"} and set(table["trained"]) == {"end to end"}
    maps = table[(table["metric"] == "mAP") & (table["class"] == "")].set_index(["bits", "method"])["value"]
    assert sorted(maps.index) == [(bits, name) for bits in BITS for name in ("cosine", "deep", "itq", "unit")]
    for bits in BITS:
        for cell, values in trained_features.scored(
            job, trained_features.read_trained(folder, job, bits), REFIT, "cpu"
        ):
            (expected,) = [v.value for v in values if (v.metric, v.class_name) == ("mAP", "")]
            assert maps[bits, cell["method"]] == expected
    assert maps[4, "cosine"] != maps[6, "cosine"], "each code length has a network of its own"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seed": 4}, r"4\.safetensors has \{'seed': 3\} in its card, expected \{'seed': 4\}"),
        ({"name": "other"}, r"has \{'method': 'dhn_all'\} in its card, expected \{'method': 'other'\}"),
    ],
)
def test_the_model_of_another_fit_is_refused(fitted, changes, words):
    job, folder = fitted
    with pytest.raises(InputError, match=words):
        trained_features.read_trained(folder, replace(job, **changes), 4)


def test_a_method_that_trains_no_network_and_a_model_that_was_not_kept_are_refused(tmp_path):
    job = Job(
        made_inputs("toy", ("ant", "bee", "cow"), "ant", 60, 0.4, 20), "itq", {}, (4,), seed=0, name="itq"
    )
    write_fit(job, tmp_path / "codes", tmp_path)
    with pytest.raises(InputError, match=r"4\.safetensors is of a method that trains no network"):
        trained_features.read_trained(tmp_path, job, 4)
    write_fit(job, tmp_path / "codes", tmp_path / "cards", networks=[])
    with pytest.raises(InputError, match="keep them with the config key keep_models"):
        trained_features.read_trained(tmp_path / "cards", job, 4)
