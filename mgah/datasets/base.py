"""The contract of a dataset: its images, their classes, and the notes that belong beside numbers made from them.

A dataset is one class in a module of this package or in a file outside the project; its name in a config is the
module's (`mgah.registry`). The module must be light to import: it imports slow packages inside the functions that use
them.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from mgah.datasets.split_names import BY_CLASSES, by_split_word, check_own
from mgah.errors import InputError
from mgah.io.names import composed
from mgah.needs import Need


def set_folder(what: str = "it") -> str:
    """Return the words of an error that ask for another data folder, which holds ``what``.

    Examples:
        >>> set_folder("them")
        'set the environment variable MGAH_DATA (or data_dir in the config) to the folder that holds them'
    """
    return (
        f"set the environment variable MGAH_DATA (or data_dir in the config) to the folder that holds {what}"
    )


class Dataset(ABC):
    """Labeled images, each with a path that is the same on every machine.

    Subclasses take the data folder and keyword-only options: ``__init__(self, root, *, option=default)``. The
    constructor checks the options and finds the data, or raises an `InputError` that says what is missing, where it
    comes from, how large it is and which file goes where.
    """

    #: Name in the registry; `mgah.registry.load` sets it.
    name: ClassVar[str]
    #: Class names; the index of a name is its class id. Set by the constructor where the data decides.
    classes: tuple[str, ...]
    #: WordNet 3.0 noun id (``n02121620``) of each class, or None; leak marks are made from them (`mgah.leaks`).
    synsets: Mapping[str, str | None]
    #: Sentences that belong beside every number made from these images.
    notes: tuple[str, ...] = ()
    # The attributes down to ``n_unseen`` are literals that describe the intact data, so that a dry run, which reads no
    # data, can refuse splits that cannot be drawn. The first four are None where it is not known.

    #: Names of the dataset's own splits, as `mgah.datasets.split_names` describes.
    splits: ClassVar[tuple[str, ...] | str | None] = None
    #: Number of classes, needed where ``classes`` is no literal.
    n_classes: ClassVar[int | None] = None
    #: Number of images.
    n_images: ClassVar[int | None] = None
    #: Lowest and highest number of images of a class.
    class_size: ClassVar[tuple[int, int] | None] = None
    #: Number of unseen classes of a split ``draw<k>``; None for a tenth of the classes, one at least.
    n_unseen: ClassVar[int | None] = None
    #: The option that lists the names of all classes, each once, if there is one: a dry run checks it, and
    #: names of splits by it, which have the names as `mgah.datasets.split_names.split_word` writes them.
    classes_option: ClassVar[str | None] = None
    #: The form of the data that was found: name of a file or folder in the data folder, or of a package.
    source: str
    #: The archive that was read, if any.
    archive: Path | None = None
    #: Paths in the data folder that it may read where no option names another. Jobs run again when the size or the date
    #: of one changes; of a folder, all files in it count, at any depth, so that each image lies in one of them.
    #: Literals, and names of literals, alone: it is read from the source.
    raw_files: ClassVar[tuple[str, ...]] = ()
    #: Class name of every image, by path. Set by the constructor.
    _labels: Mapping[str, str]

    @classmethod
    def needs(cls, **options: object) -> tuple[Need, ...]:
        """List what must lie in the data folder for these ``options`` of the constructor, without looking there."""
        return ()

    @classmethod
    def example(cls, folder: Path) -> "Dataset":
        """Write a tiny copy of the raw data, one or two images a class, to ``folder`` and return the dataset there.

        The contract tests run on it. Checks of the number of images expect that of the copy there (`_sized`).
        """
        raise InputError(
            f"{cls.__name__} offers no example(folder): write one, for the tests of its contract"
        )

    @classmethod
    def _sized(cls, **sizes: object) -> Callable[..., Self]:
        """A subclass whose class attributes ``sizes``, numbers of images, are those of a copy of the data."""
        return type(cls.__name__, (cls,), sizes)

    def paths(self) -> list[tuple[str, str]]:
        """Return the path and the class name of every image, in any order."""
        return list(self._labels.items())

    def load(self, path: str) -> np.ndarray:
        """Load the image of ``path``: a new array, uint8 (height, width, 3), RGB.

        A dataset of published features returns the image's vector instead, a new array, float32 (dimension,). Several
        threads may call this at once.

        Raises:
            InputError: for a corrupt image, or a path that `paths` does not list.
        """
        if path not in self._labels:
            raise InputError(
                f"{self.name} as found in {self.source} has no image {path!r}: the images table was made from "
                "other data; remove it and run again"
            )
        return self._load(path)

    @abstractmethod
    def _load(self, path: str) -> np.ndarray:
        """Decode the image of a path that `paths` lists."""

    @classmethod
    def unseen_classes(cls, split_name: str, classes: Sequence[str]) -> tuple[str, ...]:
        """Return the unseen classes of the dataset's own split ``split_name``, in class-id order, without reading data.

        By default the name of a split is the names of its unseen classes, each as
        `mgah.datasets.split_names.split_word` writes it, joined by ``+``; a dataset whose splits have other names lists
        them in `splits`. Draws and folds are made for all datasets by `mgah.splits.classes`.

        Args:
            split_name: name of the split.
            classes: names of the classes that have images, in class-id order.

        Raises:
            InputError: for a name that is no split of this dataset.
        """
        if cls.splits not in (None, BY_CLASSES):
            check_own(cls.name, split_name, cls.splits, classes)
        split_name, by_word = composed(split_name), by_split_word(cls.name, classes)
        words, by_name = split_name.split("+"), {composed(name): name for name in classes}
        # outside of a config, names as they are do as well
        known = by_name if set(words) <= set(by_name) else by_word
        check_own(cls.name, split_name, BY_CLASSES, known)
        named = {known[word] for word in words}
        return tuple(name for name in classes if name in named)
