"""The official batches of CIFAR-10 and CIFAR-100, which are pickles: torchvision reads them, by their checksums.

torchvision states the MD5 checksum of every batch and of the archive, and compares it before it unpickles anything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mgah.errors import InputError
from mgah.io.space import temporary_folder

if TYPE_CHECKING:
    from torchvision.datasets import CIFAR10


@dataclass(frozen=True)
class Form:
    """One form of the data, opened: class name by path, and a function that loads the image of a path."""

    source: str
    labels: dict[str, str]
    load: Callable[[str], np.ndarray]
    archive: Path | None = None
    notes: tuple[str, ...] = ()


def open_batches(kind: "type[CIFAR10]", classes: Sequence[str], root: Path, where: str) -> Form:
    """Open the folder of batches in the data folder ``root`` or, where there is none, their archive.

    Args:
        kind: torchvision's dataset, which knows the names of the files and their checksums.
        classes: class names in the order of the labels.
        root: the data folder.
        where: what is to be put there, for the error's sentence.

    Raises:
        InputError: for files that lack something or whose checksums are wrong.
    """
    if (root / kind.base_folder).is_dir():
        return _open_folder(kind, classes, root, kind.base_folder)
    from torchvision.datasets.utils import check_integrity, extract_archive

    archive = root / kind.filename
    if not check_integrity(archive, kind.tgz_md5):
        raise InputError(
            f"archive {archive} has not the MD5 checksum {kind.tgz_md5} of {kind.__name__}: it is truncated or another "
            f"file; remove it and put there {where}"
        )
    with temporary_folder(kind.base_folder) as folder:
        extract_archive(archive, folder)
        return _open_folder(kind, classes, folder, kind.filename, archive)


def _open_folder(
    kind: "type[CIFAR10]", classes: Sequence[str], folder: Path, source: str, archive: Path | None = None
) -> Form:
    try:
        parts = {part: kind(folder, train=part == "train") for part in ("train", "test")}
    except RuntimeError as error:
        raise InputError(
            f"{folder / kind.base_folder} lacks files of {kind.__name__} or their checksums are wrong ({error}): "
            f"remove the folder and put {kind.filename} beside it"
        ) from error
    if list(parts["train"].classes) != list(classes):
        raise InputError(
            f"{folder / kind.base_folder} has the classes {parts['train'].classes}, expected {list(classes)}"
        )
    labels, images = {}, {}
    for part, batches in parts.items():
        for index, (label, image) in enumerate(zip(batches.targets, batches.data, strict=True)):
            path = f"{part}/{classes[label]}/{index:05d}"
            labels[path], images[path] = classes[label], image
    return Form(source, labels, lambda path: images[path].copy(), archive)
