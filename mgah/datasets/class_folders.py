"""Images of your own: one folder a class, in a folder or zip archive of the data folder.

``<folder>/<class>/<file>.jpg`` (or ``.jpeg``, ``.png``, in any case, also in folders below the class's). Names of
classes may have blanks and any letters. Where the images are parted above the classes, ``train/<class>/...`` and
``val/<class>/...``, the option ``parts`` names those that are read, together: which images train and which are
searched is drawn by the split, not taken from such folders.

A split is named by its unseen classes, joined by ``+``, as `split_word` writes them: ``polar_bear+seal``. There are
also ``draw<k>`` and ``fold<k>of<n>``, as in every dataset.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np

from mgah.datasets._example import image_file, write_files
from mgah.datasets._own_classes import OwnClasses, by_split_word
from mgah.datasets.decode import SUFFIXES, decode_image
from mgah.datasets.folders import open_files
from mgah.errors import InputError
from mgah.methods.limits import texts
from mgah.needs import Need

FOLDER = "class_folders"


class ClassFolders(OwnClasses):
    """A folder a class.

    Options:
        folder: the folder or zip archive that holds the class folders, in the data folder.
        parts: folders above the class folders, such as ``[train, val]``, whose images are read together; none by
            default, where the class folders lie directly in ``folder``.
        synsets: WordNet nouns of classes, ``{polar bear: n02134084}`` or ``{polar bear: ice_bear.n.01}``: with them
            tables mark the classes that a backbone has seen, and ``wordnet`` gives class semantics.
    """

    name = "class_folders"
    raw_files: ClassVar[tuple[str, ...]] = (FOLDER,)

    def __init__(
        self,
        root: Path,
        *,
        folder: str = FOLDER,
        parts: Sequence[str] = (),
        synsets: Mapping[str, str] | None = None,
    ) -> None:
        if not isinstance(folder, str) or not folder:
            raise InputError(f"class_folders: folder is {folder!r}, expected a path in the data folder")
        if words := texts(parts):
            raise InputError(f"class_folders: parts is {parts!r}, expected {words}")
        place = Path(root).absolute() / folder
        if not place.exists():
            raise InputError(
                f"class_folders: {place} does not exist: put there a folder of images for each class, or set the "
                "option folder to where they are in the data folder"
            )
        self._files = open_files(place)
        self._labels = _labels(place, self._files.names(), parts)
        self.classes = tuple(sorted(set(self._labels.values())))
        by_split_word(self.name, self.classes)
        self.synsets = self._nouns(synsets or {})
        self.source = folder
        self.archive = None if place.is_dir() else place

    @classmethod
    def needs(cls, **options: object) -> tuple[Need, ...]:
        folder = str(options.get("folder", FOLDER))
        how = f"{folder}/<class>/<image>.jpg or .png into the data folder"
        return (Need("your images", "of your size", "you", how, (folder,)),)

    @classmethod
    def example(cls, folder: Path) -> "ClassFolders":
        files = {
            f"{FOLDER}/{name}/{number}{suffix}": image_file(seed, kind)
            for seed, name in enumerate(("polar bear", "Löwe", "猫", "seal"))
            for number, (suffix, kind) in enumerate(((".jpg", "JPEG"), (".PNG", "PNG"), (".jpeg", "JPEG")))
        }
        write_files(folder, files)
        return cls(folder)

    def _load(self, path: str) -> np.ndarray:
        return decode_image(self._files.read(path), f"{path} in {self._files.place}")


def _labels(place: Path, names: Sequence[str], parts: Sequence[str]) -> dict[str, str]:
    """The class of every image of ``place``, by path."""
    images = [name for name in names if name.lower().endswith(SUFFIXES)]
    if not images:
        raise InputError(
            f"class_folders: {place} has no images ({', '.join(SUFFIXES)}) among its {len(names):,} files: expected "
            "<class>/<image>"
        )
    labels, outside = {}, []
    for path in images:
        *folders, _ = path.split("/")
        if parts and folders and folders[0] not in parts:
            continue
        inner = folders[1:] if parts else folders
        if not inner:
            outside.append(path)
            continue
        labels[path] = inner[0]
    if outside:
        raise InputError(
            f"class_folders: {place} has {len(outside):,} images in no class folder, the first {outside[0]}: move them "
            "into folders of their classes, or away"
        )
    _check_parts(place, images, parts, labels)
    return labels


def _check_parts(place: Path, images: Sequence[str], parts: Sequence[str], labels: Mapping[str, str]) -> None:
    """Raise `InputError` where the folders at the top are parts and not classes, or parts that are not there."""
    tops = {path.split("/")[0] for path in images}
    if missing := sorted(set(parts) - tops):
        raise InputError(
            f"class_folders: {place} has no images in the parts {missing}, expected some of {', '.join(sorted(tops))}"
        )
    below = {top: {path.split("/")[1] for path in images if path.startswith(f"{top}/")} for top in tops}
    nested = all(path.count("/") > 1 for path in images)
    shared = Counter(name for names in below.values() for name in names)
    if not parts and nested and len(tops) > 1 and any(count > 1 for count in shared.values()):
        raise InputError(
            f"class_folders: {place} has {', '.join(sorted(tops))} above folders of the same names, such as "
            f"{shared.most_common(1)[0][0]}: set the option parts to those to be read, for example "
            f"[{', '.join(sorted(tops))}]"
        )
    classes = sorted(set(labels.values()))
    if len(classes) < 3:
        raise InputError(
            f"class_folders: {place} has images of the classes {', '.join(classes)}, expected a folder for each of "
            "three classes or more; where the class folders lie deeper, set the option folder to the folder above them"
        )
