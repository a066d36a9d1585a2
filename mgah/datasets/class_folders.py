"""Images of your own: one folder a class, in a folder or zip archive of the data folder.

``<folder>/<class>/<file>.jpg`` (or ``.jpeg``, ``.png``, in any case, also in folders below the class's). Names of
classes may have blanks and any letters; folders whose names differ only in how they write an accent, as one character
or as two, are one class. Where the images are parted above the classes, ``train/<class>/...`` and ``val/<class>/...``,
the option ``parts`` names those that are read, together: which images train and which are searched is drawn by the
split, not taken from such folders. A single folder above them all, as programs that pack a folder make it, is passed
through. A folder that is empty, or has images of other formats alone, is refused; other files are counted in a note.

A split is named by its unseen classes, joined by ``+``, as `split_word` writes them: ``polar_bear+seal``. There are
also ``draw<k>`` and ``fold<k>of<n>``, as in every dataset.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import ClassVar

import numpy as np

from mgah.datasets._example import image_file, write_files
from mgah.datasets._own_classes import OwnClasses
from mgah.datasets.class_of_path import by_class, parts_among
from mgah.datasets.decode import SUFFIXES, decode_image
from mgah.datasets.folders import FolderFiles, open_files
from mgah.datasets.split_names import by_split_word
from mgah.errors import InputError
from mgah.io.archives import ZipFiles
from mgah.io.names import composed, listed
from mgah.limits import texts
from mgah.needs import Need

FOLDER = "class_folders"
#: Folders that a sentence lists.
_SHOWN = 6
#: Ends of the names of images that are not read, in lower case: a folder with such alone was meant as a class.
_OTHER_IMAGE = re.compile(
    r"\.(arw|avif|bmp|cr[23]|dib|dng|gif|hei[cf]|jfif|jp2|jpe|jxl|nef|orf|p[bgnp]m|psd|svg|tga|tiff?|webp)"
)


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
        self._labels, self.notes = _read(self._files, folder, tuple(map(composed, parts)))
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


def _read(
    files: FolderFiles | ZipFiles, folder: str, parts: Sequence[str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The class of every image of ``files``, by path, and notes on what else lies there."""
    place, names = files.place, files.names()
    images = [name for name in names if name.lower().endswith(SUFFIXES)]
    if not images:
        raise InputError(
            f"class_folders: {place} has no images ({', '.join(SUFFIXES)}) among its {len(names):,} files: expected "
            "<class>/<image>"
        )
    home = _home(files, images, parts)
    labels, outside = by_class(images, home, parts)
    if outside:
        raise InputError(
            f"class_folders: {place} has {len(outside):,} images in no class folder, the first {outside[0]}: move them "
            "into folders of their classes, or away"
        )
    _check_parts(place, [composed(name.removeprefix(home)) for name in images], parts)
    classes = sorted(set(labels.values()))
    others, _ = by_class((name for name in names if not name.lower().endswith(SUFFIXES)), home, parts)
    above = home.rstrip("/")
    roots = [f"{home}{top}" for top in files.folders(above) if composed(top) in parts] if parts else [above]
    lacking = sorted({composed(name) for root in roots for name in files.folders(root)} - set(classes))
    _check_lacking(place, lacking, others)
    if len(classes) < 3:
        raise InputError(
            f"class_folders: {place} has images of the classes {', '.join(classes)}, expected a folder for each of "
            "three classes or more; where the class folders lie deeper, set the option parts to the folder above them"
        )
    return labels, _notes(folder, lacking, [name for name, label in others.items() if label in set(classes)])


def _home(files: FolderFiles | ZipFiles, images: Sequence[str], parts: Sequence[str]) -> str:
    """The folder that the class folders, or parts, lie in: single folders above are passed through; "" or ends in /."""
    home = ""
    while len(tops := files.folders(home.rstrip("/"))) == 1 and composed(tops[0]) not in parts:
        inner = f"{home}{tops[0]}/"
        if not all(path.startswith(inner) and "/" in path[len(inner) :] for path in images):
            break
        home = inner
    return home


def _check_parts(place: Path, images: Sequence[str], parts: Sequence[str]) -> None:
    """Raise `InputError` where the folders at the top are parts and not classes, or parts that are not there."""
    tops = {path.split("/")[0] for path in images}
    if missing := sorted(set(parts) - tops):
        raise InputError(
            f"class_folders: {place} has no images in the parts {missing}, expected some of {', '.join(sorted(tops))}"
        )
    above, below = ([], "") if parts else parts_among(images)
    if above:
        raise InputError(
            f"class_folders: {place} has {', '.join(above)} above folders {below}: set the option parts to those to be "
            f"read, for example [{', '.join(above)}]; where they are classes, rename them or the folders in them"
        )


def _check_lacking(place: Path, lacking: Sequence[str], others: Mapping[str, str]) -> None:
    """Raise `InputError` for folders without images that were meant as classes, by the class of ``others`` in them."""
    endings: dict[str, set[str]] = {name: set() for name in lacking}
    for path, name in others.items():
        if name in endings:
            endings[name].add(_ending(path))
    if meant := [
        name for name in lacking if not endings[name] or any(map(_OTHER_IMAGE.fullmatch, endings[name]))
    ]:
        found = sorted({ending for name in meant for ending in endings[name]})
        raise InputError(
            f"class_folders: {place} has no image in the class folders {listed(map(repr, meant), _SHOWN)}: they have "
            f"{', '.join(found) or 'no'} files, expected {', '.join(SUFFIXES)}: convert or add images, or remove the "
            "folders"
        )


def _notes(folder: str, lacking: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """The notes on folders without images, and on the files ``others`` in class folders, which are not read."""
    notes = []
    if lacking:
        notes.append(f"Folders of {folder} without images are no classes: {listed(lacking, _SHOWN)}.")
    if others:
        counts = sorted(Counter(map(_ending, others)).items())
        kinds = ", ".join(f"{count:,} {ending}" for ending, count in counts)
        notes.append(
            f"Files in class folders of {folder} that are not read, as their formats are others: {kinds}."
        )
    return tuple(notes)


def _ending(path: str) -> str:
    return PurePosixPath(path).suffix.lower() or "without an ending"
