"""ImageNet and its stand-in: which classes are drawn, what is found, and what is said of a bad copy."""

import io
import shutil

import numpy as np
import pytest
from PIL import Image

from mgah import seeds
from mgah.datasets.imagenet import ImageNet, drawn_ids
from mgah.datasets.imagenet1k import imagenet1k_classes, imagenet1k_names
from mgah.datasets.imagenet_mini import IDS, ImageNetMini
from mgah.datasets.index import index_images
from mgah.errors import InputError
from mgah.splits import draw_split, unseen_classes

from .conftest import jpeg, random_image, write_zip


def test_drawn_classes_equal_a_slow_twin():
    stream = np.random.PCG64(seeds.sequence(3, "imagenet", "classes"))
    ranked = sorted((stream.random_raw(), synset_id) for synset_id in imagenet1k_classes())
    assert drawn_ids(3) == sorted(synset_id for _, synset_id in ranked[:100])


def test_drawn_classes_are_the_same_everywhere():
    assert drawn_ids(0)[:3] + drawn_ids(0)[-1:] == ["n01443537", "n01484850", "n01496331", "n13054560"]
    assert len(set(drawn_ids(0))) == 100 and len(set(drawn_ids(0)) & set(drawn_ids(1))) < 25


def test_images_of_the_drawn_classes_are_found(imagenet, tmp_path):
    (imagenet / "n99999999").mkdir()  # another class, which is not looked into
    (imagenet / "n99999999" / "x.JPEG").write_bytes(b"broken")
    (imagenet / drawn_ids(0)[0] / ".DS_Store").write_bytes(b"\0")
    dataset = ImageNet(tmp_path)
    assert list(dataset.synsets.values()) == drawn_ids(0)
    assert dataset.classes == tuple(imagenet1k_names()[synset_id] for synset_id in drawn_ids(0))
    assert [(path.split("/")[0], name) for path, name in dataset.paths()] == [
        (dataset.synsets[name], name) for name in dataset.classes
    ]
    path = dataset.paths()[5][0]
    expected = np.array(Image.open(io.BytesIO(jpeg(random_image(5)))))
    np.testing.assert_array_equal(dataset.load(path), expected)
    assert (dataset.source, dataset.archive) == ("imagenet/train", None)
    assert "drawn with the seed 0" in dataset.notes[0] and "not published" in dataset.notes[0]


def test_the_data_folder_may_be_text(imagenet, imagenet_mini, tmp_path):
    assert len(ImageNet(str(tmp_path)).classes) == len(ImageNetMini(str(tmp_path)).classes) == 100
    with pytest.raises(InputError, match=r"lacks the folders of 100"):
        ImageNet(str(tmp_path / "absent"))


def test_a_cmyk_image_is_read_as_rgb(imagenet, tmp_path):
    synset_id = drawn_ids(0)[0]
    Image.new("CMYK", (8, 6), (0, 255, 255, 0)).save(imagenet / synset_id / "red.JPEG")
    red = ImageNet(tmp_path).load(f"{synset_id}/red.JPEG")
    assert red.shape == (6, 8, 3)
    assert (red[..., 0] > 200).all() and (red[..., 1:] < 60).all()


def test_a_corrupt_or_empty_image_is_named(imagenet, tmp_path):
    synset_id = drawn_ids(0)[50]
    for content in (b"", jpeg(random_image(1))[:300]):
        (imagenet / synset_id / f"{synset_id}_1.JPEG").write_bytes(content)
        with pytest.raises(
            InputError, match=rf"{synset_id}/{synset_id}_1\.JPEG in .*train (cannot be decoded|is no JPEG)"
        ):
            index_images(ImageNet(tmp_path), threads=2)


def test_missing_data_say_what_to_put_where(tmp_path):
    with pytest.raises(InputError, match=r"lacks the folders of 100 of the 100 classes") as raised:
        ImageNet(tmp_path)
    parts = (
        "ILSVRC2012_img_train.tar",
        "138 GB",
        "image-net.org",
        "account",
        "parse_train_archive",
        "MGAH_DATA",
    )
    for part in (*parts, f"unpack('{tmp_path}/imagenet')"):
        assert part in str(raised.value)


def test_the_command_that_unpacks_is_one_that_torchvision_has():
    from torchvision.datasets.imagenet import ARCHIVE_META, parse_train_archive

    from mgah.datasets import imagenet

    assert ARCHIVE_META["train"][0] == imagenet.ARCHIVE and callable(parse_train_archive)


def test_missing_and_empty_class_folders_are_named(imagenet, tmp_path):
    first, second, third, *_ = drawn_ids(0)
    (imagenet / second / f"{second}_1.JPEG").unlink()
    (imagenet / third / "2.JPEG").write_bytes(b"")
    (imagenet / third / "3.JPEG").write_bytes(b"")
    with pytest.raises(
        InputError, match=rf"has 0 of {second}, 3 of {third}; expected 1 to 2 JPEG images of each"
    ):
        ImageNet(tmp_path)
    shutil.rmtree(imagenet / first)
    with pytest.raises(InputError, match=rf"lacks the folders of 1 of the 100 classes \({first}\)"):
        ImageNet(tmp_path)


def test_another_seed_wants_other_folders(imagenet, tmp_path):
    with pytest.raises(
        InputError, match=r"lacks the folders of \d\d of the 100 classes \(n\d+, n\d+, n\d+, \.\.\."
    ):
        ImageNet(tmp_path, class_seed=1)


@pytest.mark.parametrize("seed", [-1, 0.0, "0", True])
def test_bad_class_seed(tmp_path, seed):
    with pytest.raises(InputError, match=r"class_seed is .*, expected an integer of 0 or more"):
        ImageNet(tmp_path, class_seed=seed)


@pytest.mark.parametrize("name", ["standard", "lion", "draw", ""])
def test_there_are_no_splits_but_draws_and_folds(name):
    with pytest.raises(
        InputError, match=rf"imagenet_mini has no split '{name}': expected draw<k> with a seed k"
    ):
        ImageNetMini.unseen_classes(name, ["lion", "crate", "dome"])


class TestMini:
    def test_members_of_the_archive_are_the_images(self, imagenet_mini, tmp_path):
        dataset = ImageNetMini(tmp_path)
        assert (dataset.source, dataset.archive) == ("imagenet_mini.zip", imagenet_mini)
        assert list(dataset.synsets.values()) == IDS and len(dataset.paths()) == 100
        expected = np.array(Image.open(io.BytesIO(jpeg(random_image(7)))))
        np.testing.assert_array_equal(dataset.load("n02129165/n021291651.jpg"), expected)
        assert dataset.synsets["lion"] == "n02129165"
        assert "stand-in for ImageNet" in dataset.notes[0]

    def test_missing_archive_says_what_it_is(self, tmp_path):
        with pytest.raises(
            InputError, match=r"imagenet_mini\.zip does not exist: put there .* 200 JPEG .*MGAH_DATA"
        ):
            ImageNetMini(tmp_path)

    def test_wrong_counts_are_told(self, imagenet_mini, tmp_path):
        write_zip(imagenet_mini, {f"{synset_id}/a.jpg": b"" for synset_id in IDS[1:]} | {"a.jpg": b""})
        with pytest.raises(
            InputError, match=r"imagenet_mini in .*zip has 0 of n01532829; expected 1 JPEG images"
        ):
            ImageNetMini(tmp_path)

    def test_a_member_outside_the_archives_folder(self, imagenet_mini, tmp_path):
        write_zip(imagenet_mini, {"../n01532829/a.jpg": b""})
        with pytest.raises(InputError, match=r"'\.\./n01532829/a\.jpg' lies outside"):
            ImageNetMini(tmp_path)


def test_real_images_from_archive_to_split(real_data):
    dataset = ImageNetMini(real_data)
    images = index_images(dataset)
    assert len(images) == 20_000 and (images["class_name"].value_counts() == 200).all()
    assert images["content"].is_unique
    assert dataset.load(images["path"][0]).shape == (84, 84, 3)
    unseen = unseen_classes(dataset, "draw0", dataset.classes, seed=0)
    counts = {"training": 10_000, "queries": 1000, "seen_queries": 1000}
    split = draw_split(images, dataset.name, "draw0", unseen, **counts, seed=0)
    assert (len(split.seen), split.unseen) == (90, unseen)
    assert split.counts() == counts | {"database": 19_000}
    of_image = images["class_name"].to_numpy()
    assert np.isin(of_image[split.database], unseen).sum() == 1000
    assert set(of_image[split.training]) == set(split.seen)
    assert set(of_image[split.queries]) == set(unseen)
