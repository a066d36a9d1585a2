"""Datasets by the features of xlsa17.zip, on twins of its files: the proposed split, drawn class by class."""

import numpy as np
import pytest

from mgah.datasets.awa2_classes import CLASSES, UNSEEN
from mgah.datasets.awa2_features import Awa2Features
from mgah.datasets.cub_features import CubFeatures
from mgah.datasets.index import index_images
from mgah.datasets.sun_features import SunFeatures
from mgah.errors import InputError
from mgah.semantics.attributes import Attributes
from mgah.splits import draw_split, unseen_classes
from tests.fixtures.xlsa17 import write_xlsa17

BIRDS = tuple(
    f"{number:03d}.{name}" for number, name in enumerate(["Ani", "Auklet", "Bunting", "Crow", "Dove"], 1)
)
SCENES = ("abbey", "airlock", "alley", "attic", "bakery_shop", "basilica", "yard")
#: Dataset, its folder, classes, the unseen ones, and what stands before a file's name.
TWINS = {
    "awa2": (Awa2Features, "AWA2", CLASSES, UNSEEN["proposed"]),
    "cub": (CubFeatures, "xlsa17/data/CUB", BIRDS, BIRDS[1:3]),
    "sun": (SunFeatures, "SUN", SCENES, ("yard", "alley", "abbey")),
}
EACH = 8


@pytest.fixture
def twin(request, tmp_path):
    """Write a twin with eight images a class, classes and images shuffled; return how to open it, and what it has."""
    kind, folder, classes, unseen = TWINS[request.param]
    random = np.random.default_rng(3)
    order = random.permutation(classes).tolist()
    names = random.permutation(np.repeat(classes, EACH)).tolist()
    files = [f"/BS//images/{name}/{name}_{row}.jpg" for row, name in enumerate(names)]
    vectors = random.integers(0, 99, (len(names), 2048)).astype(np.float32)
    sizes = {"n_images": len(names)}
    if kind is not Awa2Features:
        sizes |= {"n_classes": len(classes), "n_unseen": len(unseen)}

    def write(**changes):
        write_xlsa17(tmp_path / folder, order, names, files, vectors, unseen, **changes)
        return kind._sized(**sizes)(tmp_path)

    return (
        write,
        folder,
        unseen,
        dict(zip([file.split("//images/")[1] for file in files], vectors, strict=True)),
    )


@pytest.mark.parametrize("twin", TWINS, indirect=True)
def test_the_proposed_split_has_as_many_images_of_each_class_and_no_query_in_the_database(twin, tmp_path):
    write, folder, unseen, vectors = twin
    dataset = write()
    for path, vector in vectors.items():
        np.testing.assert_array_equal(dataset.load(path), vector)
    images = index_images(dataset)
    chosen = unseen_classes(dataset, "proposed", dataset.classes, seed=0)
    assert set(chosen) == set(unseen)
    seen = [name for name in dataset.classes if name not in unseen]
    split = draw_split(
        images,
        dataset.name,
        "proposed",
        chosen,
        training=4 * len(seen),
        queries=3 * len(unseen),
        seen_queries=len(seen),
        seed=0,
        balanced=True,
    )
    of = {
        part: images["class_name"].iloc[getattr(split, part)] for part in ("training", "queries", "database")
    }
    assert of["training"].value_counts().to_dict() == dict.fromkeys(seen, 4)
    assert of["queries"].value_counts().to_dict() == dict.fromkeys(unseen, 3)
    assert not set(split.queries) & set(split.database)
    assert of["database"].value_counts()[list(unseen)].eq(EACH - 3).all()
    assert of["database"].value_counts()[seen].eq(EACH).all()

    options = {} if folder == "AWA2" else {"folder": folder}
    semantics = Attributes(**options).class_semantics(dataset.classes, tmp_path)
    one = np.asarray(semantics.vectors).argmax(
        axis=1
    )  # a class has the attribute of its place among the sorted names
    assert [sorted(dataset.classes)[place] for place in one] == list(dataset.classes)


@pytest.mark.parametrize("twin", ["cub", "sun"], indirect=True)
def test_classes_stand_as_in_the_file_with_the_unseen_ones_last(twin):
    write, _, unseen, _ = twin
    dataset = write()
    assert set(dataset.classes[-len(unseen) :]) == set(unseen)
    with pytest.raises(
        InputError, match=r"there are images of \d classes, expected \d for the split proposed"
    ):
        dataset.unseen_classes("proposed", dataset.classes[1:])
    with pytest.raises(InputError, match=r"has no split 'standard': expected proposed, draw<k>"):
        dataset.unseen_classes("standard", dataset.classes)


@pytest.mark.parametrize("twin", ["cub"], indirect=True)
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"trainval_loc": [[n] for n in range(1, 41)]},
            r"has images of the classes \['002.Auklet', '003.Bun",
        ),
        (
            {"test_seen_loc": [[41]]},
            r"test_seen_loc in .* holds 41 as entry 1, expected integers from 1 to 40",
        ),
        (
            {"labels": np.ones((40, 1))},
            r"has images of the classes \['.*'\] both in trainval_loc or test_seen",
        ),
        (
            {"features": np.ones((5, 40))},
            r"features of shape \(40, 5\), 40 labels and 40 file names, expected 40 each, of 2,048",
        ),
        ({"features": np.full((2048, 40), np.nan)}, "has features that are not finite"),
        ({"image_files": np.array([["a.jpg"]] * 40, object)}, "names an image twice"),
    ],
)
def test_files_that_do_not_fit_are_refused(twin, changes, message):
    with pytest.raises(InputError, match=message):
        twin[0](**changes)


@pytest.mark.parametrize("twin", ["cub"], indirect=True)
def test_files_of_another_split_are_refused(twin, tmp_path):
    twin[0]()
    with pytest.raises(
        InputError, match=r"has images of 5 and 2 unseen ones, expected 5, all with images, and 3"
    ):
        CubFeatures._sized(n_images=40, n_classes=5, n_unseen=3)(tmp_path)


@pytest.mark.parametrize("kind", [CubFeatures, SunFeatures])
def test_a_dataset_that_is_not_there_says_what_to_put_where(kind, tmp_path):
    for folder, problem in ((tmp_path, "is not in the data folder"), (tmp_path / "typo", "does not exist")):
        with pytest.raises(InputError, match=problem) as caught:
            kind(folder)
        for part in ("res101.mat", "att_splits.mat", "xlsa17.zip", *kind.raw_files, "MGAH_DATA"):
            assert part in str(caught.value)
