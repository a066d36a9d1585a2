"""Features of one's own, in every form, and what is refused."""

import re
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from mgah import registry
from mgah.datasets.arrays import Arrays
from mgah.datasets.index import index_images
from mgah.errors import InputError

X = np.arange(18, dtype=np.float64).reshape(6, 3) / 7
Y = np.array([2, 0, 1, 2, 0, 1])
NAMED = np.array(["cow", "ant", "bee", "cow", "ant", "bee"])


def save(folder, features=X, labels=Y):
    np.save(folder / "features.npy", features)
    np.save(folder / "labels.npy", labels)
    return folder


def rows(dataset):
    return np.stack([dataset.load(path) for path, _ in sorted(dataset.paths())])


def test_rows_keep_their_order_and_labels_are_the_names(tmp_path):
    dataset = Arrays(save(tmp_path))
    assert dataset.classes == ("0", "1", "2") and dict(dataset.paths())["3"] == "2"
    np.testing.assert_array_equal(rows(dataset), X.astype(np.float32))
    assert "not computed here" in dataset.notes[0]


def test_classes_name_numbers(tmp_path):
    dataset = Arrays(save(tmp_path), classes=["ant", "bee", "cow"])
    assert [name for _, name in sorted(dataset.paths())] == NAMED.tolist()
    assert dataset.classes == ("ant", "bee", "cow") and dataset.unseen_classes("bee", dataset.classes) == (
        "bee",
    )


def test_the_forms_of_labels_and_features_are_alike(tmp_path):
    save(tmp_path)
    np.savez(tmp_path / "both.npz", features=X, labels=NAMED)
    (tmp_path / "labels.txt").write_text("\ufeff" + "\r\n".join(NAMED))  # as programs of Windows write it
    forms = [
        {"features": "both.npz", "labels": None},
        {"labels": "labels.txt"},
        {"labels": "labels.npy", "classes": ["ant", "bee", "cow"]},
    ]
    for options in forms:
        dataset = Arrays(tmp_path, **options)
        assert [name for _, name in sorted(dataset.paths())] == NAMED.tolist(), options
        np.testing.assert_array_equal(rows(dataset), X.astype(np.float32))


def test_endings_count_in_any_case(tmp_path):
    np.savez(tmp_path / "both.npz", features=X, labels=NAMED)
    (tmp_path / "both.npz").rename(tmp_path / "both.NPZ")
    save(tmp_path)
    (tmp_path / "labels.npy").rename(tmp_path / "labels.NPY")
    assert Arrays(tmp_path, features="both.NPZ").classes == ("ant", "bee", "cow")
    assert Arrays(tmp_path, labels="labels.NPY").classes == ("0", "1", "2")


def test_an_archive_in_the_place_of_an_array_is_told_by_what_it_holds(tmp_path):
    import torch

    save(tmp_path)
    torch.save(torch.tensor(X), tmp_path / "features.pt")
    np.savez(tmp_path / "two.npz", codes=Y, names=NAMED)
    (tmp_path / "two.npz").rename(tmp_path / "two.npy")
    for options, told in (
        ({"features": "features.pt"}, r"features\.pt cannot be read \(it is a zip archive with .*data"),
        (
            {"features": "two.npy"},
            r"two\.npy cannot be read \(it is a zip archive with codes, names, no array",
        ),
        ({"labels": "two.npy"}, r"two\.npy cannot be read \(it is a zip archive with codes, names, no array"),
    ):
        with pytest.raises(InputError, match=rf"{told}.*: write it with numpy\.save"):
            Arrays(tmp_path, **options)


@pytest.mark.parametrize("form", ["both.npz", "both.parquet"])
@pytest.mark.parametrize("labels", ["labels.npy", "absent.npy"])
def test_labels_in_two_files_are_one_clear_error(form, labels, tmp_path):
    save(tmp_path, labels=Y[::-1])  # which lies beside the features, and is not asked for
    if form == "both.npz":
        np.savez(tmp_path / form, features=X, labels=NAMED)
    else:
        pytest.importorskip("pyarrow")
        import pandas as pd

        pd.DataFrame(X).rename(columns=str).assign(label=NAMED).to_parquet(tmp_path / form)
    for options in ({}, {"labels": None}):
        dataset = Arrays(tmp_path, features=form, **options)
        assert [name for _, name in sorted(dataset.paths())] == NAMED.tolist()
    with pytest.raises(
        InputError,
        match=rf"{re.escape(form)} has labels, and the option labels names {labels} too.*set labels to null",
    ):
        Arrays(tmp_path, features=form, labels=labels)


def test_the_file_of_labels_has_a_name_by_default(tmp_path):
    save(tmp_path)
    np.savez(tmp_path / "alone.npz", features=X)
    assert Arrays(tmp_path, features="alone.npz").classes == ("0", "1", "2")
    needs = {option: Arrays.needs(**given) for option, given in NEEDED.items()}
    places = {option: [need.places[0] for need in found] for option, found in needs.items()}
    assert places == {
        "neither": ["features.npy", "labels.npy"],
        "null": ["x.npz"],
        "own": ["features.npy", "y.txt"],
    }


NEEDED = {"neither": {}, "null": {"features": "x.npz", "labels": None}, "own": {"labels": "y.txt"}}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_numbers_in_a_text_file_are_places_in_the_list_of_classes(end, tmp_path):
    save(tmp_path)
    (tmp_path / "labels.txt").write_text(end.join(map(str, Y)) + end, newline="")
    named = Arrays(tmp_path, labels="labels.txt", classes=["ant", "bee", "cow"])
    assert [name for _, name in sorted(named.paths())] == NAMED.tolist()
    assert named.classes == ("ant", "bee", "cow")
    own = Arrays(tmp_path, labels="labels.txt", classes=["2", "1", "0"])  # names that look like numbers
    assert [name for _, name in sorted(own.paths())] == list(map(str, Y)) and own.classes == ("2", "1", "0")
    for classes, told in (
        (["ant", "bee"], "is 2, expected 0 to 1"),
        (["1", "bee", "cow"], r"labels \['0', '2'\]"),
    ):
        with pytest.raises(InputError, match=told):
            Arrays(tmp_path, labels="labels.txt", classes=classes)
    (tmp_path / "labels.txt").write_text("\n".join(["9" * 5000] * 6))
    with pytest.raises(InputError, match="are not among the option classes"):
        Arrays(tmp_path, labels="labels.txt", classes=["ant", "bee", "cow"])


def test_an_accent_is_one_letter_in_labels_and_options(tmp_path):
    split = unicodedata.normalize("NFD", "Löwe")
    save(tmp_path, labels=np.array([split, "Löwe", "bee", "cow", "bee", "cow"]))
    for name in ("Löwe", split):
        dataset = Arrays(tmp_path, classes=["cow", name, "bee"], synsets={name: "lion.n.01"})
        assert dataset.classes == ("cow", "Löwe", "bee") and dataset.synsets["Löwe"] == "lion.n.01"
        assert dataset.unseen_classes(name, dataset.classes) == ("Löwe",)


@pytest.mark.parametrize("names", [["ant", "bee", "cow"], ["Löwe", "猫", "ant"]])
def test_labels_of_bytes_are_text(names, tmp_path):
    texts = np.array(names)[Y]
    for labels in (np.char.encode(texts, "utf-8"), texts):
        for options in ({}, {"classes": names}):
            dataset = Arrays(save(tmp_path, labels=labels), **options)
            assert [name for _, name in sorted(dataset.paths())] == texts.tolist()
            assert dataset.classes == tuple(names if options else sorted(names))


@pytest.mark.parametrize("lacking", [None, float("nan"), np.datetime64("NaT")])
def test_a_label_that_a_table_lacks_is_one_clear_error(lacking, tmp_path):
    from mgah.datasets.arrays import _names

    labels = np.array(["ant", b"bee", lacking], dtype=object)
    with pytest.raises(InputError, match=r"row 2 of t\.parquet has no label, expected one a row"):
        _names(labels, (), Path("t.parquet"))
    assert _names(np.array(["nan", b"bee", 3], dtype=object), (), Path("t")) == ["nan", "bee", "3"]


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize(
    "labels, told",
    [
        (
            np.array(["a", "b", "c"], object),
            "holds an array of Python objects, .* save names and labels as .astype.str",
        ),
        (
            np.array([1.0, 2.0, 3.0]),
            r"are float64 of shape \(3,\), expected names or integers .* labels.astype\(int\)",
        ),
        (np.array([[1], [2], [3]]), r"are int64 of shape \(3, 1\), expected .* labels.ravel\(\)"),
        (np.array(["a", "", "c"]), "the label of row 1 of .* is empty, expected a name"),
        (np.array(["a", "b"]), "has 3 rows and there are 2 labels in"),
    ],
)
def test_labels_that_are_no_names_are_told_with_what_to_save(own, labels, told, tmp_path):
    features = np.eye(3, dtype=np.float32)
    if own:
        np.savez(tmp_path / "features.npz", features=features, labels=labels)
    else:
        np.save(tmp_path / "features.npy", features)
        np.save(tmp_path / "labels.npy", labels)
    with pytest.raises(InputError, match=told):
        Arrays(tmp_path, features="features.npz" if own else "features.npy")


def test_a_parquet_table_has_its_labels_in_a_column(tmp_path):
    pytest.importorskip("pyarrow")
    import pandas as pd

    pd.DataFrame(X).rename(columns=str).assign(label=NAMED).to_parquet(tmp_path / "all.parquet")
    dataset = Arrays(tmp_path, features="all.parquet", labels=None)
    assert [name for _, name in sorted(dataset.paths())] == NAMED.tolist()
    np.testing.assert_array_equal(rows(dataset), X.astype(np.float32))


def test_an_empty_file_of_labels_has_none(tmp_path):
    (save(tmp_path) / "labels.txt").write_text("")
    with pytest.raises(InputError, match="has 6 rows and there are 0 labels in"):
        Arrays(tmp_path, labels="labels.txt")


def test_numbers_that_float32_does_not_hold_are_told_with_their_row(tmp_path):
    large = X.copy()
    large[4, 1] = -1e300
    dataset = Arrays(save(tmp_path, large))
    with pytest.raises(InputError, match=re.escape("row 4 of features.npy hold -1.0e+300, expected no more")):
        dataset.load("4")


@pytest.mark.parametrize(
    ("features", "labels", "options", "words"),
    [
        (X[0], Y, {}, "float64 of shape (3,), expected numbers of shape (n, d)"),
        (X.astype(str), Y, {}, "expected numbers of shape (n, d)"),
        (X.astype(object), Y, {}, "features.npy cannot be read (it holds an array of Python objects"),
        (X, Y[:5], {}, "has 6 rows and there are 5 labels in {folder}/labels.npy"),
        (X, Y / 2, {}, "labels.npy are float64 of shape (6,), expected names or integers"),
        (X, Y > 0, {}, "labels.npy are bool of shape (6,), expected names or integers"),
        (X, np.array(["Löwe"] * 6).astype(object), {}, "labels.npy cannot be read"),
        (
            X,
            np.array([b"L\xf6we"] * 6),
            {},
            "of row 0 of {folder}/labels.npy is b'L\\xf6we', expected text in",
        ),
        (X, Y, {"classes": ["ant", "bee"]}, "a label of {folder}/labels.npy is 2, expected 0 to 1"),
        (X, NAMED, {"classes": ["ant", "bee"]}, "the labels ['cow'] of {folder}/labels.npy are not among"),
        (X, Y, {"classes": [0, 1, 2]}, "classes is [0, 1, 2], expected a list of texts"),
        (
            X,
            Y,
            {"classes": ["ant", False, "cow"]},
            "classes is ['ant', False, 'cow'], expected a list of texts",
        ),
        (X, Y, {"classes": "abc"}, "classes is 'abc', expected a list of texts"),
        (X, Y, {"classes": None}, "classes is None, expected a list of texts"),
        (X, Y, {"classes": ["ant", "bee", "ant"]}, "expected a list without one text twice"),
        (X, Y, {"labels": None}, "has no labels"),
        (X, Y, {"labels": "other.npy"}, "other.npy does not exist"),
        (X, Y, {"features": "other.npy"}, "other.npy does not exist: put the file there, or set the option"),
        (X, Y, {"labels": "."}, "is a folder: put the file there, or set the option labels"),
        (X, Y, {"features": "."}, "is a folder: put the file there, or set the option features"),
        (X, Y, {"features": 3}, "features is 3 and labels '', expected paths in the data folder"),
        (X, Y, {"labels": False}, "and labels False, expected paths in the data folder"),
        (X, Y, {"synsets": {"cat": "cat.n.01"}}, "synsets names the classes ['cat']"),
    ],
)
def test_what_does_not_fit_is_one_clear_error(features, labels, options, words, tmp_path):
    with pytest.raises(InputError, match=re.escape(words.replace("{folder}", str(tmp_path)))):
        Arrays(save(tmp_path, features, labels), **options)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["a b", "a/b", "cow"], "'a b', 'a/b' have the same name in splits"),
        (["Löwe", "Löwe!", "cow"], "'Löwe', 'Löwe!' have the same name in splits"),
        (["??", "bee", "cow"], "'??' have the same name in splits, or none"),
        ([" ", "bee", "cow"], "' ' have the same name in splits, or none"),
    ],
)
def test_classes_that_no_split_can_tell_apart_are_one_clear_error(names, told, tmp_path):
    for labels, options in ((np.array(names * 2), {}), (Y, {"classes": names})):
        with pytest.raises(
            InputError, match=rf"arrays: the classes {re.escape(told)}.*: rename them"
        ) as error:
            Arrays(save(tmp_path, labels=labels), **options)
        assert "cow" not in str(error.value)
    with pytest.raises(InputError, match=re.escape(told)):  # a dataset from outside may not have asked before
        Arrays.unseen_classes("cow", names)


@pytest.mark.parametrize("name", ["ant\n", "a\tb", "a\x00b"])
def test_a_class_name_that_no_line_holds_is_one_clear_error(name, tmp_path):
    dataset = Arrays(save(tmp_path, labels=np.array([name, "bee", "cow"] * 2)))
    with pytest.raises(InputError, match=r"arrays: a class has the name .*, expected one line of UTF-8 text"):
        index_images(dataset)


def test_the_backbone_takes_the_vectors_as_they_are_and_says_what_it_knows(tmp_path):
    dataset = Arrays(save(tmp_path))
    backbone = registry.build("backbones", "vectors", dimension=3)
    path = dataset.paths()[1][0]
    np.testing.assert_array_equal(backbone.preprocess(dataset.load(path)), X[1].astype(np.float32))
    assert backbone.training_classes() is None and "not known" in backbone.notes[0]
    known = {
        word: registry.build("backbones", "vectors", trained_on=word) for word in ("nothing", "imagenet1k")
    }
    assert known["nothing"].training_classes() == () and len(known["imagenet1k"].training_classes()) == 1000
    with pytest.raises(InputError, match="set the backbone's option dimension to 3"):
        registry.build("backbones", "vectors").preprocess(dataset.load(path))
    with pytest.raises(InputError, match="not finite"):
        backbone.preprocess(np.array([1, np.nan, 2], np.float32))
    for wrong in ({"dimension": 0}, {"dimension": True}, {"trained_on": "coco"}):
        with pytest.raises(InputError, match=next(iter(wrong))):
            registry.build("backbones", "vectors", **wrong)
