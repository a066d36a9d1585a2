"""The contract of a hashing method, over every method found; what differs between methods stands on their classes."""

import contextlib
import glob
import inspect
import os
import subprocess

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from mgah import registry
from mgah.errors import InputError
from mgah.methods.base import HashingMethod
from mgah.methods.models import load_model, save_model
from mgah.methods.signs_of_outputs import SignsOfOutputs
from mgah.semantics.store import ClassSemantics
from tests.fixtures.reading import watched
from tests.methods.conftest import CLASSES, D, N

BITS = 12
METHODS = registry.names("methods")
TAGS = {name: registry.find("methods", name).tags for name in METHODS}


def build(name, **changes) -> HashingMethod:
    return registry.load("methods", name)(
        **{"n_bits": BITS, "random_state": 0} | TAGS[name]["quick_parameters"] | changes
    )


@pytest.fixture(scope="module")
def read():
    """What each method of `fitted` has read beside its arguments, by its name."""
    return {}


@pytest.fixture(scope="module")
def fitted(data, read, tmp_path_factory):
    """Every method, fitted in an empty folder."""
    made = {}
    with contextlib.chdir(tmp_path_factory.mktemp("empty")):
        for name in METHODS:
            with watched() as read[name]:
                made[name] = build(name).fit(*data)
                made[name].encode(data[0][:3])
    return made


@pytest.mark.slow
@pytest.mark.parametrize("name", METHODS)
def test_a_method_reads_nothing_but_what_it_is_given(name, fitted, read):
    """Unseen classes' features lie in files of the run: a method that reads them knows what it is tested on."""
    assert read[name] == []


def stored(folder):
    """A file of features as a run has it."""
    file = folder / "results" / "run" / "features" / "features.npy"
    file.parent.mkdir(parents=True)
    np.save(file, np.zeros(3))
    return file


LEAKS = {
    "an array": np.load,
    "a memory map": lambda file: np.load(file, mmap_mode="r"),
    "raw numbers": np.fromfile,
    "text": lambda file: file.read_bytes(),
    "a relative path": lambda file: open(os.path.relpath(file), "rb").close(),
    "a pattern": lambda file: glob.glob("results/*/features/*.npy"),
    "names below": lambda file: list(file.parents[2].rglob("*.npy")),
    "names in a folder": lambda file: os.listdir(),
    "another program": lambda file: subprocess.run(["true", file]),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_method_that_reads_a_file_of_the_run_is_caught(leak, tmp_path, monkeypatch):
    file = stored(tmp_path)
    monkeypatch.chdir(tmp_path)
    with watched() as read:
        LEAKS[leak](file)
    assert read


@pytest.mark.parametrize("name", METHODS)
def test_constructor_stores_its_keyword_only_parameters(name):
    cls = registry.load("methods", name)
    kinds = {parameter.kind for parameter in inspect.signature(cls).parameters.values()}
    assert kinds <= {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}
    with pytest.raises(TypeError):
        cls(no_such_parameter=1)
    method = cls(n_bits=7, random_state=3)
    assert method.get_params()["n_bits"] == 7
    assert sorted(method.get_params()) == list(registry.find("methods", name).parameters)
    assert not [key for key in vars(method) if key.endswith("_") and key != "lambda_"]
    assert isinstance(method.label, str)
    assert method.label


@pytest.mark.parametrize("name", METHODS)
def test_codes_are_plus_and_minus_one_of_the_asked_shape(name, fitted, data):
    codes = fitted[name].encode(data[0])
    assert codes.dtype == np.int8
    assert codes.shape == (N, BITS)
    assert set(np.unique(codes)) <= {-1, 1}
    assert len(np.unique(codes, axis=0)) > 1


@pytest.mark.parametrize("name", METHODS)
def test_codes_are_the_signs_of_outputs_where_a_method_has_them(name, fitted, data):
    if isinstance(fitted[name], SignsOfOutputs):
        outputs = fitted[name].outputs(data[0])
        np.testing.assert_array_equal(np.where(outputs >= 0, 1, -1), fitted[name].encode(data[0]))
        assert len(np.unique(outputs)) > 2


@pytest.mark.parametrize("name", METHODS)
def test_encoding_a_batch_equals_encoding_its_rows(name, fitted, data):
    features = data[0]
    whole = fitted[name].encode(features)
    single = np.concatenate([fitted[name].encode(features[i : i + 1]) for i in range(20)])
    np.testing.assert_allclose(single, whole[:20], atol=1e-6)
    np.testing.assert_allclose(fitted[name].encode(features[::-1])[::-1], whole, atol=1e-6)


def learned(method):
    return {key: value for key, value in vars(method).items() if key.endswith("_")}


def learns_the_same(one, other):
    """Whether two fits of a method learned the same; a few epochs change the weights and not always a bit."""
    try:
        np.testing.assert_equal(learned(one), learned(other))
    except AssertionError:
        return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("name", METHODS)
def test_fitting_twice_with_one_seed_gives_the_same_bits_with_one_and_two_threads(name, data):
    features, labels, semantics = data
    wide = np.tile(features, (3, 10))  # large enough for sums to be split between threads
    wide = wide + np.random.default_rng(1).random(wide.shape, dtype=np.float32)
    states = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            states.append(learned(build(name).fit(wide, np.tile(labels, 3), semantics)))
    np.testing.assert_equal(states[0], states[1])


@pytest.mark.parametrize("name", METHODS)
def test_numbers_of_numpy_are_taken_and_stored_as_those_of_python(name, fitted, data, tmp_path):
    given = build(name)
    numbers = {key: value for key, value in given.get_params().items() if type(value) in (int, float)}
    given.set_params(**{key: np.asarray(value)[()] for key, value in numbers.items()}).fit(*data)
    np.testing.assert_array_equal(given.encode(data[0]), fitted[name].encode(data[0]))
    save_model(tmp_path / "model.safetensors", name, given, {})


@pytest.mark.parametrize("name", METHODS)
def test_another_seed_gives_other_codes_unless_nothing_is_drawn(name, fitted, data):
    other = build(name, random_state=1).fit(*data)
    same = np.array_equal(other.encode(data[0]), fitted[name].encode(data[0]))
    assert same == TAGS[name]["deterministic"]


@pytest.mark.slow
@pytest.mark.parametrize("name", METHODS)
def test_several_code_lengths_at_once_equal_single_fits(name, data):
    together = [build(name, n_bits=bits) for bits in (4, 9, BITS)]
    type(together[0]).fit_many(together, *data)
    for method in together:
        alone = build(name, n_bits=method.n_bits).fit(*data)
        agreement = (method.encode(data[0]) == alone.encode(data[0])).mean()
        assert agreement == 1.0 or (TAGS[name]["stacks"] and agreement > 0.999)


FLAGS = [
    (name, flag)
    for name in METHODS
    for flag, default in registry.load("methods", name)().get_params().items()
    if isinstance(default, bool)
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "flag"), FLAGS)
def test_flags_are_true_or_false_and_nothing_else(name, flag, data):
    for value in ("false", "no", "True", "", 0, 1, 1.0, None, [True]):
        with pytest.raises(InputError, match=rf"{flag} is .*, expected True or False"):
            build(name, **{flag: value}).fit(*data)
    for value in (False, True):
        expected = build(name, **{flag: value}).fit(*data).encode(data[0])
        np.testing.assert_array_equal(
            build(name, **{flag: np.bool_(value)}).fit(*data).encode(data[0]), expected
        )


@pytest.mark.parametrize("name", METHODS)
def test_fit_and_encode_leave_their_input_alone(name, data):
    features, labels, semantics = (data[0].copy(), data[1].copy(), data[2])
    for array in (features, labels):
        array.setflags(write=False)
    build(name).fit(features, labels, semantics).encode(features)


@pytest.mark.parametrize("name", METHODS)
def test_labels_and_semantics_matter_where_the_class_says_so(name, fitted, data):
    features, labels, semantics = data
    shuffled = (labels + np.arange(N) // CLASSES) % CLASSES
    other = ClassSemantics.from_vectors(semantics.names, np.roll(semantics.vectors, 2, axis=0) ** 3)
    for tag, changed in {"uses_labels": (shuffled, semantics), "uses_semantics": (labels, other)}.items():
        assert learns_the_same(build(name).fit(features, *changed), fitted[name]) != TAGS[name][tag], tag


@pytest.mark.parametrize("name", METHODS)
def test_class_names_do_not_matter(name, fitted, data):
    features, labels, semantics = data
    renamed = ClassSemantics(tuple("vwxyz"), semantics.similarity, semantics.vectors)
    np.testing.assert_array_equal(
        build(name).fit(features, labels, renamed).encode(features), fitted[name].encode(features)
    )


@pytest.mark.parametrize("name", METHODS)
def test_the_order_of_classes_matters_only_where_it_orders_draws(name, fitted, data):
    features, labels, semantics = data
    order = np.array([3, 0, 4, 1, 2])  # class order[c] becomes class c
    permuted = semantics.subset([semantics.names[c] for c in order])
    method = build(name).fit(features, np.argsort(order)[labels], permuted)
    same = np.array_equal(method.encode(features), fitted[name].encode(features))
    assert same != TAGS[name]["draws_by_class"]


@pytest.mark.slow
@pytest.mark.parametrize("bits", [N + 1, 1100])
@pytest.mark.parametrize("name", METHODS)
def test_more_bits_than_a_method_allows_are_one_clear_error(name, bits, data):
    """More than there are rows, features or anchors; and so many that 2.0**bits is no number."""
    method = build(name, n_bits=bits)
    if not TAGS[name]["longest_code"]:
        assert method.fit(*data).encode(data[0][:3]).shape == (3, bits)
    else:
        with pytest.raises(InputError, match=f"n_bits is {bits}|{bits} bits"):
            method.fit(*data)


@pytest.mark.parametrize("name", METHODS)
def test_a_model_survives_its_file(name, fitted, data, tmp_path):
    save_model(tmp_path / "model.safetensors", name, fitted[name], {"dataset": "toy"})
    restored = load_model(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(restored.encode(data[0]), fitted[name].encode(data[0]))
    assert restored.get_params().keys() == fitted[name].get_params().keys()


def broken(data, what):
    features, labels, semantics = data[0].copy(), data[1].copy(), data[2]
    if what == "NaN":
        features[7, 3] = np.nan
    elif what == "one class":
        labels[:] = 0
    elif what == "no rows":
        features, labels = features[:0], labels[:0]
    elif what == "one dimension":
        features = features[:, 0]
    elif what == "integers":
        features = features.astype(int)
    elif what == "fewer labels":
        labels = labels[:-1]
    elif what == "float labels":
        labels = labels.astype(float)
    elif what == "a class without images":
        labels[labels == 2] = 0
    elif what == "semantics of other classes":
        semantics = semantics.subset(semantics.names[:-1])
    return features, labels, semantics


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("NaN", "not finite in 1 row, first in row 7"),
        ("one class", "hold 1 class"),
        ("no rows", "there are no training rows"),
        ("one dimension", r"expected float32.* of shape \(n, d\)"),
        ("integers", "expected float32"),
        ("fewer labels", r"expected integers of shape \(160,\)"),
        ("float labels", "expected integers"),
        ("a class without images", r"expected each of 0\.\.4"),
        ("semantics of other classes", r"expected each of 0\.\.3"),
    ],
)
def test_bad_training_data_is_one_clear_error(name, what, words, data):
    with pytest.raises(InputError, match=words):
        build(name).fit(*broken(data, what))


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("bits", [0, -3, 2.5])
def test_bad_code_lengths_are_one_clear_error(name, bits, data):
    with pytest.raises(InputError, match="n_bits is"):
        build(name, n_bits=bits).fit(*data)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.filterwarnings("error")
def test_finite_rows_of_any_size_have_codes_or_are_one_clear_error(name, fitted, data):
    """Inner products of 1e308 are infinities and their differences NaN, of which signs would make a bit."""
    rows = data[0][:4].astype(np.float64)
    rows[2] = np.where(np.arange(D) % 2, 1.0, -1.0) * 1e308
    try:
        codes = fitted[name].encode(rows)
    except InputError as error:
        assert "outputs are not finite in 1 row, first in row 2: features must have the scale" in str(error)
    else:
        np.testing.assert_array_equal(codes[[0, 1, 3]], fitted[name].encode(rows[[0, 1, 3]]))
        if isinstance(fitted[name], SignsOfOutputs):
            assert np.isfinite(fitted[name].outputs(rows)).all()


@pytest.mark.parametrize("name", METHODS)
def test_training_features_that_float32_does_not_hold_are_one_clear_error(name, data):
    features, labels, semantics = data
    rows = features.astype(np.float64)
    rows[3, 5] = -1e300
    message = r"features are as large as 1\.0e\+300, above 3\.4e\+38 in 1 row, first in row 3, expected no more than"
    with pytest.raises(InputError, match=message):
        build(name).fit(rows, labels, semantics)


@pytest.mark.parametrize("name", METHODS)
def test_encoding_checks_its_input(name, fitted, data):
    with pytest.raises(InputError, match="must be fitted"):
        build(name).encode(data[0])
    with pytest.raises(InputError, match=rf"expected float32.* of shape \(n, {D}\)"):
        fitted[name].encode(data[0][:, :-1])
    with pytest.raises(InputError, match="not finite"):
        fitted[name].encode(np.full((3, D), np.inf, dtype=np.float32))


@pytest.mark.parametrize("name", METHODS)
def test_a_fit_that_fails_leaves_a_method_that_is_not_fitted(name, data):
    features, labels, semantics = data
    method = build(name).fit(features, labels, semantics)
    with pytest.raises(InputError, match="not finite"):
        method.fit(np.full_like(features, np.nan), labels, semantics)
    assert learned(method).keys() <= method.get_params().keys()
    with pytest.raises(InputError, match="must be fitted before it encodes"):
        method.encode(features)
