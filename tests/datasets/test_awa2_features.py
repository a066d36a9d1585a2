"""AwA2's published features: the authors' text files and archive, and Xian's MATLAB files."""

import io

import numpy as np
import pytest
from scipy.io import savemat

from mgah.backbones.extraction import extract
from mgah.backbones.resnet101 import ResNet101
from mgah.backbones.store import read_features
from mgah.datasets import awa2_features
from mgah.datasets.awa2 import Awa2
from mgah.datasets.awa2_classes import CLASSES, UNSEEN
from mgah.datasets.awa2_features import Awa2Features
from mgah.datasets.index import index_images
from mgah.errors import InputError
from tests.fixtures.xlsa17 import write_xlsa17

from .conftest import feature_files, write_files, write_zip

pytestmark = pytest.mark.slow

TEXT = "Animals_with_Attributes2/Features/ResNet101/"
FEATURES = np.loadtxt(io.BytesIO(feature_files()["AwA2-features.txt"]), dtype=np.float32)
NAMES = feature_files()["AwA2-filenames.txt"].decode().split()
LABELS = np.repeat(np.arange(1, 51), 2)


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(awa2_features.Awa2Features, "n_images", 100)


def write_mat(folder, **changes):
    """The classes stand in another order than in AwA2's own files."""
    of_image = [CLASSES[label - 1] for label in LABELS]
    files = [
        f"/BS/work/Animals_with_Attributes2//JPEGImages/{name.rsplit('_', 1)[0]}/{name}" for name in NAMES
    ]
    write_xlsa17(folder, sorted(CLASSES), of_image, files, FEATURES, UNSEEN["proposed"], **changes)


@pytest.mark.parametrize("form", ["folder", "archive", "mat", "xlsa17"])
def test_every_form_gives_the_same_vectors_under_the_paths_of_awa2(tmp_path, form, animals):
    if form == "folder":
        write_files(tmp_path / TEXT, feature_files())
    elif form == "archive":
        write_zip(tmp_path / "AwA2-features.zip", feature_files(), TEXT)
    else:
        write_mat(tmp_path / ("AWA2" if form == "mat" else "xlsa17/data/AWA2"))
    dataset = Awa2Features(tmp_path)
    paths = [f"{name.rsplit('_', 1)[0]}/{name}" for name in NAMES]
    for path, vector in zip(paths, FEATURES, strict=True):
        np.testing.assert_array_equal(dataset.load(path), vector)
    assert dataset.load(paths[0]).dtype == np.float32
    assert dataset.source in dataset.notes[0] and "not computed here" in dataset.notes[0]
    write_zip(tmp_path / "AwA2-data.zip", animals, "Animals_with_Attributes2/")
    write_files(tmp_path / "images/Animals_with_Attributes2", animals)
    images, vectors = index_images(Awa2(tmp_path / "images")), index_images(dataset, threads=2)
    assert vectors[["id", "class_id", "path"]].equals(images[["id", "class_id", "path"]])


def test_features_reach_the_store_as_they_are(tmp_path):
    write_files(tmp_path / TEXT, feature_files())
    dataset, backbone = Awa2Features(tmp_path), ResNet101()
    paths = index_images(dataset)["path"].tolist()
    engine = backbone.engine("cpu", threads=2, batch_size=8)
    about = {"dataset": "awa2_features", "backbone": "resnet101"}
    extract(backbone, engine, paths, dataset.load, tmp_path / "out", about, "5" * 64, 2)
    stored, card = read_features(tmp_path / "out", 100)
    np.testing.assert_array_equal(stored, [dataset.load(path) for path in paths])
    assert card["backbone"] == "resnet101" and any("published" in note for note in card["notes"])


def test_missing_data_say_what_to_put_where(tmp_path):
    for folder, problem in ((tmp_path, "is not in the data folder"), (tmp_path / "typo", "does not exist")):
        with pytest.raises(InputError, match=problem) as caught:
            Awa2Features(folder)
        for part in (
            "AwA2-features.zip",
            "https://cvml.ista.ac.at/AwA2/",
            "res101.mat",
            "xlsa17.zip",
            "MGAH_DATA",
        ):
            assert part in str(caught.value)


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        (
            "AwA2-features.txt",
            lambda text: text.rsplit(b"\n", 1)[0],
            r"features of shape \(99, 2048\), 100 labels",
        ),
        (
            "AwA2-features.txt",
            lambda text: text.replace(b" ", b"", 1),
            r"cannot be read .*a line of 2,048 numbers",
        ),
        (
            "AwA2-features.txt",
            lambda text: b"nan" + text[text.index(b" ") :],
            r"features that are not finite",
        ),
        ("AwA2-features.txt", lambda text: b"x" + text, r"cannot be read"),
        ("AwA2-labels.txt", lambda text: text[:-3], r"99 labels and 100 file names"),
        (
            "AwA2-labels.txt",
            lambda text: text.replace(b"50", b"49"),
            r"expected images of each of the 50 classes",
        ),
        (
            "AwA2-labels.txt",
            lambda text: b"\n".join(text.split()[::-1]),
            r"gives the image antelope_10001.jpg the class",
        ),
        ("AwA2-labels.txt", lambda text: b"one" + text[1:], r"cannot be read"),
        ("AwA2-filenames.txt", lambda text: text.replace(b"ox_10002", b"ox_10001"), r"names an image twice"),
        ("AwA2-filenames.txt", None, r"AwA2-filenames\.txt"),
    ],
)
def test_damaged_text_files(tmp_path, file, change, message):
    files = feature_files()
    if change:
        files[file] = change(files[file])
    else:
        del files[file]
    write_files(tmp_path / TEXT, files)
    with pytest.raises(InputError, match=message):
        Awa2Features(tmp_path)


def test_a_flipped_byte_in_the_archive_is_found(tmp_path):
    place = write_zip(tmp_path / "AwA2-features.zip", feature_files(), TEXT)
    content = bytearray(place.read_bytes())
    content[content.index(b"AwA2-features.txt") + 100] ^= (
        1  # another digit, so that the text can still be read
    )
    place.write_bytes(content)
    with pytest.raises(InputError, match=r"AwA2-features\.zip cannot be read .*Bad CRC-32"):
        Awa2Features(tmp_path)


def test_matlab_files_of_another_split_are_refused(tmp_path):
    write_mat(tmp_path / "AWA2", test_unseen_loc=np.array([[1], [2]]))
    with pytest.raises(
        InputError, match=r"att_splits\.mat has the unseen classes \['antelope'\], expected those of"
    ):
        Awa2Features(tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"test_unseen_loc": [[101]]},
            r"test_unseen_loc in .* holds 101 as entry 1, expected integers from 1 to 100",
        ),
        ({"test_unseen_loc": [[0]]}, r"test_unseen_loc in .* holds 0 as entry 1"),
        (
            {"labels": np.full((100, 1), 51)},
            r"labels in .* holds 51 as entry 1, expected integers from 1 to 50",
        ),
        ({"labels": np.full((100, 1), 1.5)}, r"labels in .* holds 1\.5 as entry 1"),
        ({"labels": np.full((100, 1), np.nan)}, r"labels in .* holds nan as entry 1"),
        ({"labels": "x"}, r"labels in .* is text, expected real numbers"),
        ({"labels": np.ones((99, 1))}, r"has 99 labels and 100 image_files, expected as many"),
        ({"features": FEATURES.T + 1j}, r"features in .* is complex numbers, expected real numbers"),
    ],
)
def test_matlab_variables_that_cannot_be_are_refused(tmp_path, changes, message):
    write_mat(tmp_path / "AWA2", **changes)
    with pytest.raises(InputError, match=message):
        Awa2Features(tmp_path)


def test_matlab_files_that_lack_something_are_refused(tmp_path):
    write_mat(tmp_path / "AWA2")
    savemat(tmp_path / "AWA2/res101.mat", {"features": FEATURES.T})
    with pytest.raises(
        InputError, match=r"res101\.mat has no variables \['image_files', 'labels'\], it has features"
    ):
        Awa2Features(tmp_path)
    (tmp_path / "AWA2/att_splits.mat").unlink()
    write_mat(tmp_path / "other")
    (tmp_path / "other/res101.mat").rename(tmp_path / "AWA2/res101.mat")
    with pytest.raises(InputError, match=r"att_splits\.mat cannot be read as a MATLAB file"):
        Awa2Features(tmp_path)
