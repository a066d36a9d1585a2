"""A stand-in for AwA2: 2,998 animal images of 25 of its 50 classes, in AwA2's layout.

The data folder holds ``awa2_mini.zip``. Its images come from public repositories, not from AwA2; class lists and
attributes are those of AwA2. A split has the unseen classes of AwA2's split of the same name that have images.
"""

from pathlib import Path
from types import MappingProxyType
from typing import Self

from mgah.datasets._example import write_zip
from mgah.datasets.awa2 import Awa2
from mgah.datasets.awa2_classes import SYNSETS
from mgah.datasets.base import set_folder
from mgah.errors import InputError
from mgah.needs import Need

ARCHIVE = "awa2_mini.zip"
NO_IMAGES = {
    *("beaver", "siamese+cat", "skunk", "mole", "hippopotamus", "leopard", "moose", "spider+monkey"),
    *("humpback+whale", "hamster", "squirrel", "rhinoceros", "rabbit", "bat", "rat", "weasel", "otter"),
    *("deer", "bobcat", "mouse", "polar+bear", "collie", "walrus", "cow", "dolphin"),
}


class Awa2Mini(Awa2):
    """AwA2's classes that have images in the stand-in; its own splits are ``standard`` and ``proposed``."""

    name = "awa2_mini"
    raw_files = (ARCHIVE,)
    synsets = MappingProxyType({name: synset for name, synset in SYNSETS.items() if name not in NO_IMAGES})
    classes = tuple(synsets)
    notes = (
        "awa2_mini is a stand-in for AwA2, not AwA2: 2,998 images from other public collections in 25 of the 50 "
        "classes, 64 to 160 pixels on the short side, with AwA2's class lists and attributes; of the ten unseen "
        "classes of AwA2's standard split six have images, of the proposed split five.",
        "In awa2_mini the image resolution is partly tied to the class (seven classes have 64 x 64 pixels, two "
        "84 x 84), so that scores may be higher than the content of the images alone would give; sheep are "
        "bighorn sheep, buffalo are bison and antelope are gazelles only.",
        "The images of nine classes of awa2_mini (antelope, buffalo, dalmatian, german+shepherd, lion, ox, "
        "persian+cat, pig, sheep) come from ImageNet itself: a backbone trained on ImageNet-1K may have seen these "
        "very images.",
    )
    n_classes = 25
    n_unseen = 5
    n_images = 2_998
    class_size = (119, 120)

    @classmethod
    def needs(cls, **options: object) -> tuple[Need, ...]:
        origin = "public collections; mgah/datasets/awa2_mini.py describes it"
        return (Need("awa2_mini", "23 MB", origin, f"{ARCHIVE} into the data folder", (ARCHIVE,)),)

    @classmethod
    def example(cls, folder: Path) -> Self:
        write_zip(folder / ARCHIVE, cls._example_files())
        return cls._sized(n_images=len(cls.classes))(folder)

    def __init__(self, root: Path) -> None:
        archive = Path(root).absolute() / ARCHIVE
        if not archive.is_file():
            raise InputError(
                f"awa2_mini: there is no {archive}: put the archive (23 MB) there, or {set_folder()}"
            )
        self._open(archive)
