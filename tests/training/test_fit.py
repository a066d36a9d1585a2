"""The fit job: only seen training images and seen semantics reach a method; all or nothing is written."""

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.methods.codes import read_codes, unpack
from mgah.methods.discovery import method_names
from mgah.methods.models import load_model
from mgah.semantics.store import ClassSemantics
from mgah.splits import draw_split
from mgah.training import fit
from tests.training.conftest import CLASSES

TRAINING = {"epochs": 1, "trunk": 8, "device": "cpu"}
#: Every method that makes codes, with parameters that keep its fit short.
METHODS = {name: {} for name in method_names()} | {
    "mgah": TRAINING | {"latent": 4},
    **{name: TRAINING for name in ("dhn", "dnnh", "sitnet", "doph")},
}


def run(inputs, folder, method, parameters=None, bits=(4, 8)):
    features, images, split, semantics = inputs
    cell = fit.Cell("toy", "none", "word2vec", split.name, method, method.upper(), 0, ("a note",))
    fit.run(
        method,
        METHODS[method] if parameters is None else parameters,
        bits,
        cell,
        features,
        images,
        split,
        semantics,
        folder / "codes",
        folder / "models",
    )
    return {n_bits: read_codes(folder / "codes" / f"{n_bits}.npz") for n_bits in bits}


def test_codes_are_those_of_the_stored_model(inputs, tmp_path):
    features, images, split, _ = inputs
    stored = run(inputs, tmp_path, "itq")[8]
    method = load_model(tmp_path / "models" / "8.safetensors")
    np.testing.assert_array_equal(unpack(stored.query_codes, 8), method.encode(features[split.queries]))
    np.testing.assert_array_equal(unpack(stored.database_codes, 8), method.encode(features[split.database]))
    np.testing.assert_array_equal(stored.database_labels, images["class_id"].to_numpy()[split.database])
    np.testing.assert_array_equal(stored.seen_query_ids, split.seen_queries)
    assert stored.class_names == CLASSES
    assert stored.cell["notes"] == ["a note"]
    assert stored.cell["bits"] == 8


@pytest.mark.parametrize("method", METHODS)
def test_nothing_of_unseen_classes_or_untrained_images_reaches_a_model(inputs, tmp_path, method):
    """Everything outside the training set is replaced: the learned arrays stay the same to the last bit."""
    features, images, _, semantics = inputs
    split = draw_split(images, "toy", "two", ("cow", "elk"), training=60, queries=10, seen_queries=10, seed=0)
    run((features, images, split, semantics), tmp_path / "plain", method)
    random = np.random.default_rng(1)
    other_images, unseen = images.copy(), images["class_name"].isin(split.unseen)
    for column in ("class_id", "class_name"):  # cows become elks and elks cows
        other_images.loc[unseen, column] = images.loc[unseen, column].to_numpy()[::-1]
    assert (other_images["class_id"] != images["class_id"]).any()
    other_features = random.standard_normal(features.shape).astype(np.float32)
    other_features[split.training] = features[split.training]
    vectors = semantics.vectors.copy()
    vectors[[CLASSES.index(name) for name in split.unseen]] = random.standard_normal((2, 4))
    other = (other_features, other_images, split, ClassSemantics.from_vectors(CLASSES, vectors))
    run(other, tmp_path / "other", method)
    for n_bits in (4, 8):
        files = [tmp_path / side / "models" / f"{n_bits}.safetensors" for side in ("plain", "other")]
        assert files[0].read_bytes() == files[1].read_bytes()


def test_a_split_with_unseen_training_images_is_refused(inputs, tmp_path):
    features, images, split, semantics = inputs
    leaking = object.__new__(type(split))
    vars(leaking).update(vars(split) | {"training": np.arange(60)})
    with pytest.raises(InputError, match=r"has the training image 2 of a class that is not seen"):
        run((features, images, leaking, semantics), tmp_path, "itq")


@pytest.mark.parametrize(
    ("method", "parameters", "bits", "words"),
    [
        ("itq", {}, (4, 13), "n_bits is 13, expected at most 12"),
        ("itq", {"rounds": 3}, (4,), "does not take the parameters .*'rounds': 3"),
        ("itq", {}, (4, 0), "n_bits is 0"),
    ],
)
def test_bad_input_writes_nothing(inputs, tmp_path, method, parameters, bits, words):
    with pytest.raises(InputError, match=words):
        run(inputs, tmp_path, method, parameters, bits)
    assert not list(tmp_path.rglob("*.*"))


def test_features_that_are_not_finite_write_nothing(inputs, tmp_path):
    features, images, split, semantics = inputs
    features[split.queries[0], 2] = np.nan
    with pytest.raises(InputError, match="not finite"):
        run((features, images, split, semantics), tmp_path, "itq")
    assert not list(tmp_path.rglob("*.*"))


def test_seeds_differ_by_split_and_seed_but_not_by_method():
    def state(method, **changes):
        cell = fit.Cell(**{
            "dataset": "toy", "backbone": "b", "semantics": "s", "split": "cow",
            "method": method, "label": "", "seed": 0, "notes": (),
        } | changes)  # fmt: skip
        return fit.build_methods("itq", {}, (8,), cell)[0].random_state

    assert state("itq") == state("itq_l2")
    assert (
        len({state("itq"), state("itq", split="dog"), state("itq", seed=1), state("itq", dataset="zoo")}) == 4
    )
