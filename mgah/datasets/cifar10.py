"""CIFAR-10: 60,000 images of 32x32 pixels, 6,000 in each of ten classes.

A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.

The data folder may hold it in one of these forms; the first one found is read:

1. ``cifar-10-batches-py/``, the official batches unpacked, or ``cifar-10-python.tar.gz``, their archive;
2. ``cifar10.tar.gz``, images in class folders, read without unpacking;
3. ``cifar10/``, the same as a folder: ``train/<class>/*.jpg`` and ``test/<class>/*.jpg``, or
   ``<class>/*.jpg`` (or ``.png``).

With none of them there, the official archive is downloaded; the data folder itself must exist.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from types import MappingProxyType

import numpy as np

from mgah.datasets._cifar_batches import Form, open_batches
from mgah.datasets._downloaded import check_folder, download_archive
from mgah.datasets._example import image_file, write_files
from mgah.datasets.base import Dataset
from mgah.datasets.decode import SUFFIXES, decode_image
from mgah.datasets.folders import FolderFiles
from mgah.errors import InputError
from mgah.io.archives import read_tar_gz
from mgah.needs import Need

OFFICIAL_ARCHIVE = "cifar-10-python.tar.gz"
OFFICIAL_FOLDER = "cifar-10-batches-py"
IMAGE_ARCHIVE = "cifar10.tar.gz"
IMAGE_FOLDER = "cifar10"
SIZE = (32, 32)
URL = f"https://www.cs.toronto.edu/~kriz/{OFFICIAL_ARCHIVE}"
WHERE = (
    f"{OFFICIAL_ARCHIVE} (163 MiB, from {URL}) or its unpacked "
    f"folder {OFFICIAL_FOLDER}, or {IMAGE_ARCHIVE} or a folder {IMAGE_FOLDER} with the 60,000 images as "
    "train/<class>/*.jpg and test/<class>/*.jpg"
)
JPEG_NOTE = (
    "CIFAR-10 was read from {source}, which holds a JPEG re-encoding and not the official batches: pixel "
    "values are close to the original ones, not equal to them."
)
PNG_NOTE = (
    "CIFAR-10 was read from the image files in {source}, which were not compared with the official batches."
)


class Cifar10(Dataset):
    """CIFAR-10; a split is named after its unseen class, or several joined by ``+``.

    Options:
        download: whether the official archive (163 MiB) is downloaded where the data folder has no form of the data.
        images_per_class: number of images of each class, of which the first in path order are taken; None for all.
    """

    name = "cifar10"
    raw_files = (OFFICIAL_FOLDER, OFFICIAL_ARCHIVE, IMAGE_ARCHIVE, IMAGE_FOLDER)
    classes = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
    splits = "classes"
    n_images = 60_000
    class_size = (6000, 6000)
    synsets = MappingProxyType(
        {
            "airplane": "n02691156",
            "automobile": "n02958343",
            "bird": "n01503061",
            "cat": "n02121620",
            "deer": "n02430045",
            "dog": "n02084071",
            "frog": "n01639765",
            "horse": "n02374451",
            "ship": "n04194289",
            "truck": "n04490091",
        }
    )

    def __init__(self, root: Path, *, download: bool = True, images_per_class: int | None = None) -> None:
        size = self.class_size[0]
        _check_options(images_per_class, size)
        form = _open(Path(root).absolute(), download)
        _check_counts(form, size)
        self._decode = form.load
        self._labels = dict(sorted(form.labels.items()))
        self.source, self.archive, self.notes = form.source, form.archive, form.notes
        if images_per_class is not None:
            self._labels = _first_of_each_class(self._labels, images_per_class)
            self.notes += (f"subset: {images_per_class:,} images a class",)

    @classmethod
    def needs(cls, **options: object) -> tuple[Need, ...]:
        places = (OFFICIAL_FOLDER, OFFICIAL_ARCHIVE, IMAGE_ARCHIVE, IMAGE_FOLDER)
        how = f"{OFFICIAL_ARCHIVE}, or unpacked the folder {OFFICIAL_FOLDER}, into the data folder"
        return (
            Need("CIFAR-10", "163 MiB", URL, how, places, url=URL if options.get("download", True) else ""),
        )

    @classmethod
    def example(cls, folder: Path) -> Dataset:
        names = [f"{name}/{number}.png" for name in cls.classes for number in range(2)]
        write_files(folder / IMAGE_FOLDER, {name: image_file(seed, "PNG") for seed, name in enumerate(names)})
        return cls._sized(class_size=(2, 2))(folder, download=False)

    def _load(self, path: str) -> np.ndarray:
        return self._decode(path)


def _check_options(images_per_class: int | None, most: int) -> None:
    if images_per_class is None:
        return
    if type(images_per_class) is not int or not 1 <= images_per_class <= most:
        raise InputError(
            f"cifar10: images_per_class is {images_per_class!r}, expected an integer from 1 to {most}"
        )


def _open(root: Path, download: bool) -> Form:
    check_folder("cifar10", root, download, WHERE)
    if (root / OFFICIAL_FOLDER).is_dir() or (root / OFFICIAL_ARCHIVE).is_file():
        return _official(root)
    if (root / IMAGE_ARCHIVE).is_file():
        return _image_archive(root / IMAGE_ARCHIVE)
    if (root / IMAGE_FOLDER).is_dir():
        return _image_folder(root / IMAGE_FOLDER)
    from torchvision.datasets import CIFAR10

    archive, checksum = root / CIFAR10.filename, f"md5:{CIFAR10.tgz_md5}"
    download_archive("cifar10", CIFAR10.url, archive, download, WHERE, checksum)
    return _official(root)


def _official(root: Path) -> Form:
    from torchvision.datasets import CIFAR10

    return open_batches(CIFAR10, Cifar10.classes, root, WHERE)


def _check_counts(form: Form, size: int) -> None:
    counts = Counter(form.labels.values())
    wrong = [f"{counts[name]:,} of {name}" for name in Cifar10.classes if counts[name] != size]
    if wrong:
        raise InputError(
            f"cifar10 as found in {form.source} has {len(form.labels):,} images, with {', '.join(wrong)}; "
            f"expected {10 * size:,}, {size:,} of each class: add or remove images until they are"
        )


def _first_of_each_class(labels: dict[str, str], count: int) -> dict[str, str]:
    taken: Counter[str] = Counter()
    kept = {}
    for path, name in labels.items():
        if taken[name] < count:
            taken[name] += 1
            kept[path] = name
    return kept


def _image_archive(archive: Path) -> Form:
    files = read_tar_gz(archive, _is_image)
    names = _by_path(files, archive)
    labels = {path: PurePosixPath(path).parent.name for path in names}
    return Form(
        IMAGE_ARCHIVE,
        labels,
        lambda path: decode_image(files[names[path]], f"{names[path]} in {archive}", SIZE),
        archive,
        _image_notes(names, IMAGE_ARCHIVE),
    )


def _image_folder(folder: Path) -> Form:
    files = FolderFiles(folder)
    names = _by_path(filter(_is_image, files.names()), folder)
    labels = {path: PurePosixPath(path).parent.name for path in names}

    def load(path: str) -> np.ndarray:
        return decode_image(files.read(names[path]), str(folder / names[path]), SIZE)

    return Form(IMAGE_FOLDER, labels, load, notes=_image_notes(names, IMAGE_FOLDER))


def _is_image(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in SUFFIXES


def _image_notes(names: Iterable[str], source: str) -> tuple[str, ...]:
    png = all(PurePosixPath(name).suffix.lower() == ".png" for name in names)
    return ((PNG_NOTE if png else JPEG_NOTE).format(source=source),)


def _by_path(names: Iterable[str], place: Path) -> dict[str, str]:
    """File name by path; a path is ``train/<class>/<file>``, ``test/<class>/<file>`` or ``<class>/<file>``.

    Folders above that are left out, so that an archive and the folder it was made from give the same paths.
    """
    by_path: dict[str, str] = {}
    for name in names:
        parts = PurePosixPath(name).parts
        if len(parts) < 2 or parts[-2] not in Cifar10.classes:
            raise InputError(
                f"{place} has the image {name} outside a class folder: expected one of "
                f"{', '.join(Cifar10.classes)}"
            )
        path = "/".join(parts[-3:] if parts[-3:-2] in (("train",), ("test",)) else parts[-2:])
        if path in by_path:
            raise InputError(f"{place} has two images {path}, {by_path[path]} and {name}: remove one of them")
        by_path[path] = name
    return by_path
