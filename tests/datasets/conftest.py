"""Small forms of CIFAR-10, AwA2 and ImageNet: one or two random images a class, in the layouts of the real ones."""

import io
import pickle
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mgah.datasets import cifar10, imagenet, imagenet_mini
from mgah.datasets.awa2 import Awa2
from mgah.datasets.awa2_classes import CLASSES, UNSEEN
from mgah.datasets.awa2_mini import Awa2Mini

IMAGES_PER_CLASS = 2


def png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def random_image(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (32, 32, 3), dtype=np.uint8)


@pytest.fixture
def few_images(monkeypatch):
    """Let two images a class be a whole CIFAR-10."""
    monkeypatch.setattr(cifar10.Cifar10, "class_size", (IMAGES_PER_CLASS, IMAGES_PER_CLASS))


@pytest.fixture
def files(few_images) -> dict[str, bytes]:
    """PNG files by path: one training and one test image of each class."""
    places = [(part, name) for part in ("train", "test") for name in cifar10.Cifar10.classes]
    return {f"{part}/{name}/0000.png": png(random_image(i)) for i, (part, name) in enumerate(places)}


def write_archive(folder: Path, files: dict[str, bytes], top: str = "cifar10") -> Path:
    archive = folder / cifar10.IMAGE_ARCHIVE
    with tarfile.open(archive, "w:gz") as stream:
        for name, content in files.items():
            member = tarfile.TarInfo(f"{top}/{name}")
            member.size = len(content)
            stream.addfile(member, io.BytesIO(content))
    return archive


def write_folder(folder: Path, files: dict[str, bytes]) -> Path:
    return write_files(folder / cifar10.IMAGE_FOLDER, files)


@pytest.fixture
def batches(tmp_path, monkeypatch, few_images) -> tuple[Path, np.ndarray, list[int]]:
    """Official batches of 20 images in ``tmp_path``: their folder, images in file order, and labels."""
    from torchvision.datasets import CIFAR10
    from torchvision.datasets.utils import calculate_md5

    images = np.stack([random_image(i) for i in range(20)])
    labels = [(3 * i) % 10 for i in range(20)]
    folder = tmp_path / cifar10.OFFICIAL_FOLDER
    folder.mkdir()

    def write(name: str, content: dict) -> str:
        (folder / name).write_bytes(pickle.dumps(content))
        return calculate_md5(folder / name)

    def batch(rows: slice) -> dict:
        return {"data": images[rows].transpose(0, 3, 1, 2).reshape(-1, 3072), "labels": labels[rows]}

    names = [f"data_batch_{i}" for i in range(1, 6)]
    train = [[name, write(name, batch(slice(3 * i, 3 * i + 3)))] for i, name in enumerate(names)]
    monkeypatch.setattr(CIFAR10, "train_list", train)
    monkeypatch.setattr(CIFAR10, "test_list", [["test_batch", write("test_batch", batch(slice(15, 20)))]])
    meta = write("batches.meta", {"label_names": list(cifar10.Cifar10.classes)})
    monkeypatch.setattr(CIFAR10, "meta", {"filename": "batches.meta", "key": "label_names", "md5": meta})
    return folder, images, labels


def jpeg(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def animals(monkeypatch) -> dict[str, bytes]:
    """A whole AwA2 of two images a class by member name: images, class lists and attributes."""
    monkeypatch.setattr(Awa2, "n_images", 100)
    return animal_files(CLASSES)


@pytest.fixture
def few_animals(monkeypatch) -> dict[str, bytes]:
    """The same of the stand-in: images of 25 classes, lists of all."""
    monkeypatch.setattr(Awa2Mini, "n_images", 50)
    return animal_files(Awa2Mini.classes)


def animal_files(classes) -> dict[str, bytes]:
    unseen = UNSEEN["standard"]
    lists = {
        "classes.txt": [f"{number:6d}\t{name}" for number, name in enumerate(CLASSES, start=1)],
        "trainclasses.txt": [name for name in CLASSES if name not in unseen],
        "testclasses.txt": unseen,
        "predicates.txt": ["     1\tfurry", "     2\tfast"],
        "predicate-matrix-continuous.txt": [f"{number}.00 -1.00" for number in range(1, 51)],
        "predicate-matrix-binary.txt": ["1 0"] * 50,
    }
    images = {
        f"JPEGImages/{name}/{name}_{10001 + i}.jpg": jpeg(random_image(2 * number + i))
        for number, name in enumerate(classes)
        for i in range(2)
    }
    return {name: "\n".join(lines).encode() for name, lines in lists.items()} | images


def write_zip(place: Path, files: dict[str, bytes], top: str = "") -> Path:
    with zipfile.ZipFile(place, "w") as archive:
        for name, content in files.items():
            archive.writestr(top + name, content)
    return place


def write_files(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def feature_files() -> dict[str, bytes]:
    """AwA2's published features of two images a class: text files by name, in the order of the classes."""
    vectors = np.random.default_rng(0).integers(0, 1000, (100, 2048)) / 256
    lines = {
        "features": [" ".join(map(str, vector)) for vector in vectors],
        "labels": [str(1 + row // 2) for row in range(100)],
        "filenames": [f"{CLASSES[row // 2]}_{10001 + row % 2}.jpg" for row in range(100)],
    }
    return {f"AwA2-{part}.txt": "\n".join(text).encode() for part, text in lines.items()}


@pytest.fixture(name="imagenet")
def imagenet_folder(tmp_path, monkeypatch) -> Path:
    """One image in each of the classes that the seed 0 draws; the folder with the class folders."""
    monkeypatch.setattr(imagenet.ImageNet, "class_size", (1, 2))
    folder = tmp_path / imagenet.FOLDER
    for seed, synset_id in enumerate(imagenet.drawn_ids(0)):
        (folder / synset_id).mkdir(parents=True)
        (folder / synset_id / f"{synset_id}_1.JPEG").write_bytes(jpeg(random_image(seed)))
    return folder


@pytest.fixture(name="imagenet_mini")
def imagenet_mini_archive(tmp_path, monkeypatch) -> Path:
    """An archive with one image a class."""
    monkeypatch.setattr(imagenet_mini.ImageNetMini, "class_size", (1, 1))
    files = {f"{name}/{name}1.jpg": jpeg(random_image(7)) for name in imagenet_mini.IDS}
    return write_zip(tmp_path / imagenet_mini.ARCHIVE, files)
