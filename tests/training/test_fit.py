"""The fit job: only seen training images and seen semantics reach a method; all or nothing is written."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from mgah import registry
from mgah.baselines.itq import ITQ
from mgah.errors import InputError
from mgah.methods.blocks import packed_codes
from mgah.methods.codes import read_codes, unpack
from mgah.methods.models import load_model
from mgah.semantics.store import ClassSemantics
from mgah.splits import draw_split, split_notes
from mgah.training.__main__ import JOBS, main
from mgah.training.fit import write_fit
from tests.training.conftest import CLASSES, written

pytestmark = pytest.mark.slow

TRAINING = {"epochs": 1, "trunk": 8, "device": "cpu"}
#: Every method that makes codes, with parameters that keep its fit short.
METHODS = {name: {} for name in registry.names("methods")} | {
    "mgah": TRAINING | {"latent": 4},
    **{name: TRAINING for name in ("dhn", "dnnh", "sitnet", "doph")},
}


@pytest.fixture
def run(make_job):
    """Fits a method on inputs and reads its codes back."""

    def fit(inputs, folder, method, parameters=None, bits=(4, 8)):
        job = make_job(
            inputs, method, parameters=METHODS[method] if parameters is None else parameters, bits=bits
        )
        write_fit(job, folder / "codes", folder / "models")
        return {n_bits: read_codes(folder / "codes" / f"{n_bits}.npz") for n_bits in bits}

    return fit


def test_codes_are_those_of_the_stored_model(run, inputs, tmp_path):
    features, images, split = inputs.features, inputs.images, inputs.split
    stored = run(inputs, tmp_path, "itq")[8]
    method = load_model(tmp_path / "models" / "8.safetensors")
    np.testing.assert_array_equal(unpack(stored.query_codes, 8), method.encode(features[split.queries]))
    np.testing.assert_array_equal(unpack(stored.database_codes, 8), method.encode(features[split.database]))
    np.testing.assert_array_equal(stored.database_labels, images["class_id"].to_numpy()[split.database])
    np.testing.assert_array_equal(stored.seen_query_ids, split.seen_queries)
    assert stored.class_names == CLASSES


def test_codes_tell_their_cell(make_job, inputs, tmp_path):
    job = make_job(inputs, name="itq_two", label="ITQ, two", notes=("chosen",), seed=5)
    write_fit(job, tmp_path / "codes", tmp_path / "models")
    assert read_codes(tmp_path / "codes/8.npz").cell == {
        "dataset": "toy",
        "backbone": "none",
        "semantics": "words",
        "split": "cow",
        "method": "itq_two",
        "label": "ITQ, two",
        "trained": "frozen features",
        "seed": 5,
        "notes": ["a note of the data", "a note of the features", "toy vectors", *ITQ.notes, "chosen"],
        "bits": 8,
    }
    assert make_job(inputs).cell(8)["label"] == ITQ.label


@pytest.mark.parametrize("method", METHODS)
def test_nothing_of_unseen_classes_or_untrained_images_reaches_a_model(run, inputs, tmp_path, method):
    """Everything outside the training set is replaced: the learned arrays stay the same to the last bit."""
    features, images, semantics = inputs.features, inputs.images, inputs.semantics
    split = draw_split(images, "toy", "two", ("cow", "elk"), training=60, queries=10, seen_queries=10, seed=0)
    run(replace(inputs, split=split), tmp_path / "plain", method)
    random = np.random.default_rng(1)
    other_images, unseen = images.copy(), images["class_name"].isin(split.unseen)
    for column in ("class_id", "class_name"):  # cows become elks and elks cows
        other_images.loc[unseen, column] = images.loc[unseen, column].to_numpy()[::-1]
    assert (other_images["class_id"] != images["class_id"]).any()
    other_features = random.standard_normal(features.shape).astype(np.float32)
    other_features[split.training] = features[split.training]
    vectors = semantics.vectors.copy()
    vectors[[CLASSES.index(name) for name in split.unseen]] = random.standard_normal((2, 4))
    other = {"features": other_features, "images": other_images, "split": split}
    other["semantics"] = ClassSemantics.from_vectors(CLASSES, vectors)
    run(replace(inputs, **other), tmp_path / "other", method)
    for n_bits in (4, 8):
        files = [tmp_path / side / "models" / f"{n_bits}.safetensors" for side in ("plain", "other")]
        assert files[0].read_bytes() == files[1].read_bytes()


def test_a_split_with_unseen_training_images_is_refused(run, inputs, tmp_path):
    leaking = object.__new__(type(inputs.split))
    vars(leaking).update(vars(inputs.split) | {"training": np.arange(60)})
    with pytest.raises(InputError, match=r"has the training image 2 of a class that is not seen"):
        run(replace(inputs, split=leaking), tmp_path, "itq")


@pytest.mark.parametrize(
    ("method", "parameters", "bits", "words"),
    [
        ("itq", {}, (4, 13), "n_bits is 13, expected at most 12"),
        ("itq", {"rounds": 3}, (4,), "has no parameter 'rounds'"),
        ("itq", {}, (4, 0), "n_bits is 0"),
    ],
)
def test_bad_input_writes_nothing(run, inputs, tmp_path, method, parameters, bits, words):
    with pytest.raises(InputError, match=words):
        run(inputs, tmp_path, method, parameters, bits)
    assert not list(tmp_path.rglob("*.*"))


def test_features_that_are_not_finite_write_nothing(run, inputs, tmp_path):
    inputs.features[inputs.split.queries[0], 2] = np.nan
    with pytest.raises(InputError, match="not finite"):
        run(inputs, tmp_path, "itq")
    assert not list(tmp_path.rglob("*.*"))


def test_seeds_differ_by_split_and_seed_but_not_by_method(make_job, inputs):
    def state(seed=0, name="itq", dataset="toy", split="cow"):
        named = draw_split(
            inputs.images, dataset, split, (split,), training=60, queries=10, seen_queries=10, seed=0
        )
        job = make_job(replace(inputs, dataset=dataset, split=named), name=name, seed=seed)
        return job.build()[0].random_state

    assert state() == state(name="itq_l2")
    assert len({state(), state(split="dog"), state(seed=1), state(dataset="zoo")}) == 4


def test_the_command_fits_as_the_function_does(call, run, inputs, tmp_path):
    codes, models = tmp_path / "called/codes", tmp_path / "called/models"
    call("fit", inputs, "itq", {}, "--bits", 4, 8, "--codes", codes, "--models", models)
    run(inputs, tmp_path, "itq", {})
    for file in ("codes/4.npz", "codes/8.npz", "models/4.safetensors", "models/8.json"):
        assert (tmp_path / "called" / file).read_bytes() == (tmp_path / file).read_bytes()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (
            "dataset.json",
            r"toy.images\.csv is not that of .*dataset\.json: it has 150 images, but .* card 240",
        ),
        ("features/card.json", "features is a store of the dataset 'zoo', .* expected one of 'toy'"),
        ("words.npz", r"words\.npz lack cow of the 5 classes of toy"),
        ("images.csv", "is not that of .*: it has 240 images, but the dataset's card 150"),
        ("split.json", r"split\.json: .* was drawn from another images table"),
    ],
)
def test_a_file_of_another_dataset_is_refused_where_it_enters(inputs, zoo, tmp_path, file, words):
    options = written(inputs, tmp_path / "toy")
    written(zoo, tmp_path / "zoo")
    shutil.copy(tmp_path / "zoo" / file, tmp_path / "toy" / file)
    files = ["--bits", "4", "--codes", tmp_path / "codes", "--models", tmp_path / "models", "--method", "itq"]
    with pytest.raises(InputError, match=words):
        main(list(map(str, ["fit", *options, *files])))
    assert not (tmp_path / "codes").exists()


def test_an_unknown_job_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["train"])
    assert "invalid choice: 'train'" in capsys.readouterr().err


@pytest.mark.parametrize("job", JOBS)
def test_every_job_tells_its_options(job, capsys):
    with pytest.raises(SystemExit):
        main([job, "--help"])
    told = capsys.readouterr().out
    assert f"python -m mgah.training {job}" in told and "--semantics-name" in told


def test_copies_of_unseen_images_are_told_beside_the_numbers(call, inputs, tmp_path):
    images = inputs.images.copy()
    seen, unseen = (np.flatnonzero(images["class_name"] == name) for name in ("ant", "cow"))
    images.loc[seen[:3], "content"] = images.loc[unseen[:3], "content"].to_numpy()
    counts = {"training": 60, "queries": 10, "seen_queries": 10}
    split = draw_split(images, "toy", "cow", ("cow",), **counts, seed=0)
    files = ["--bits", "8", "--codes", tmp_path / "codes", "--models", tmp_path / "models"]
    call("fit", replace(inputs, images=images, split=split), "itq", {}, *files)
    told = split_notes(split, images)
    assert len(told) == 1 and "in split cow of toy: 3;" in told[0]
    notes = read_codes(tmp_path / "codes/8.npz").cell["notes"]
    assert notes[:3] == ["a note of the data", *told, "a note of the features"]


OWN = """
import numpy as np
from mgah.methods.base import HashingMethod, signs


class Own(HashingMethod):
    label = "Own"

    def __init__(self, *, n_bits: int = 8, random_state: int = 0) -> None:
        self.n_bits, self.random_state = n_bits, random_state

    def _fit(self, features, labels, semantics) -> None:
        {fit}

    def _encode(self, features):
        return signs({encode})
"""
CUT = "self.cut_ = features[:, : self.n_bits].mean(axis=0)"
BELOW = "features[:, : self.n_bits] - self.cut_"


@pytest.mark.parametrize(
    ("fit", "encode", "words"),
    [
        (CUT, BELOW, ""),
        (
            CUT.replace("cut_", "cut"),
            BELOW.replace("cut_", "cut"),
            r"cannot encode \(AttributeError: .*'cut'",
        ),
        (
            "self.cut_ = 0; self.n = 0.1",
            "features[:, : self.n_bits] - getattr(self, 'n', 0)",
            "gives other codes",
        ),
        (CUT, BELOW + " + np.random.standard_normal(self.n_bits)", "gives other codes"),
    ],
    ids=["all", "another name", "half of it", "drawn"],
)
def test_a_method_from_outside_whose_model_lacks_something_is_refused(
    fit, encode, words, make_job, inputs, tmp_path, monkeypatch
):
    (tmp_path / "own.py").write_text(OWN.format(fit=fit, encode=encode))
    monkeypatch.setenv(registry.VARIABLE, registry.joined([str(tmp_path / "own.py")]))
    job = make_job(inputs, "own", parameters={}, bits=(4,))
    if not words:
        write_fit(job, tmp_path / "codes", tmp_path / "models")
        assert (tmp_path / "models/4.safetensors").exists()
        return
    with pytest.raises(InputError, match=rf"Own: its model, read again, {words}.*names end in _"):
        write_fit(job, tmp_path / "codes", tmp_path / "models")
    assert not (tmp_path / "codes").exists() and not (tmp_path / "models").exists()


def test_a_method_from_outside_whose_codes_follow_the_batch_is_refused(
    make_job, inputs, tmp_path, monkeypatch
):
    encode = "features[:, : self.n_bits] - features[:, : self.n_bits].mean(axis=0)"
    (tmp_path / "own.py").write_text(OWN.format(fit="pass", encode=encode))
    monkeypatch.setenv(registry.VARIABLE, registry.joined([str(tmp_path / "own.py")]))
    job = make_job(inputs, "own", parameters={}, bits=(4,))
    with pytest.raises(
        InputError, match=r"Own: the codes of every other row differ, in [0-9.]+% of the bits"
    ):
        write_fit(job, tmp_path / "codes", tmp_path / "models")
    assert not (tmp_path / "codes").exists() and not (tmp_path / "models").exists()


def test_a_row_without_numbers_is_named_among_all_rows():
    rows = np.random.default_rng(0).standard_normal((60, 8)).astype(np.float32)
    method = registry.build("methods", "itq", n_bits=4).fit(rows)
    rows[[35, 50], 2] = np.nan
    with pytest.raises(InputError, match=r"not finite in 2 rows, first in row 35: "):
        packed_codes(method, rows, 16)
    with pytest.raises(InputError, match=r"features are float32 of shape \(60, 7\), expected"):
        packed_codes(method, rows[:, :7], 16)
