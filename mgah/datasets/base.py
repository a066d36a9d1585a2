"""The contract of a dataset: where its images are, what they show, and what may be said about them.

A dataset lives in one module of this package or outside it, named like the word that configs use for it
(`mgah.registry`). Importing the module must stay light; whatever is slow to import is imported where
it is used.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from mgah.datasets.split_names import BY_CLASSES, check_own
from mgah.errors import InputError
from mgah.needs import Need


class Dataset(ABC):
    """Labeled images under stable paths.

    Subclasses take the data folder and keyword-only options: ``__init__(self, root, *, option=default)``. The
    constructor finds the data, or raises an `InputError` that says what is missing, where it comes from, how
    large it is and which file goes where. An option is checked there too.
    """

    #: The word for this dataset in configs: `mgah.registry.load` sets it.
    name: ClassVar[str]
    #: Class names; the index of a name is its class id. Set by the constructor where the data decides.
    classes: tuple[str, ...]
    #: WordNet 3.0 noun id of each class, such as ``n02121620``, or None: which classes a backbone has seen.
    synsets: Mapping[str, str | None]
    #: Sentences that belong beside every number made from these images.
    notes: tuple[str, ...] = ()
    #: What is known of the intact data before they are read, as literals, so that a dry run can refuse what cannot be
    #: drawn; None where it is not known. Names of its own splits, as `mgah.datasets.split_names` says:
    splits: ClassVar[tuple[str, ...] | str | None] = None
    #: Number of classes, needed where ``classes`` is no literal.
    n_classes: ClassVar[int | None] = None
    #: Number of images.
    n_images: ClassVar[int | None] = None
    #: Lowest and highest number of images of a class.
    class_size: ClassVar[tuple[int, int] | None] = None
    #: Number of unseen classes of a split ``draw<k>``; None for a tenth of the classes, one at least.
    n_unseen: ClassVar[int | None] = None
    #: Which form of the data was found: the name of a file or folder in the data folder, or of a package.
    source: str
    #: The archive that was read, if any.
    archive: Path | None = None
    #: Paths in the data folder that it may read where no option names another: another size or date of one reads the
    #: data again. A folder counts by what lies in it directly. Text and names of text alone, so that it is known
    #: without an import.
    raw_files: ClassVar[tuple[str, ...]] = ()
    #: Class name of every image, by path. Set by the constructor.
    _labels: Mapping[str, str]

    @classmethod
    def needs(cls, **options: object) -> tuple[Need, ...]:
        """What must lie in the data folder; looks nowhere and takes the constructor's options. Default: nothing."""
        return ()

    @classmethod
    def example(cls, folder: Path) -> "Dataset":
        """Write a tiny copy of the raw data to ``folder`` and open it: an image or two a class, 200 at the most.

        The contract tests of a dataset run on it. Numbers of images that the intact data have are those of the copy
        there.
        """
        raise InputError(
            f"{cls.__name__} offers no example(folder): write one, for the tests of its contract"
        )

    @classmethod
    def _sized(cls, **sizes: object) -> Callable[..., Self]:
        """The class with other numbers of images, class attributes, than the intact data have."""
        return type(cls.__name__, (cls,), sizes)

    def paths(self) -> list[tuple[str, str]]:
        """Path and class name of every image, in any order; the paths are the same on every machine."""
        return list(self._labels.items())

    def load(self, path: str) -> np.ndarray:
        """Decode one image: a new uint8 array (height, width, 3), RGB. May be called by several threads at
        once.

        A dataset of published features gives the image's vector instead, a new float32 array (dimension,), for
        the backbone that passes it on.

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
        """Unseen classes of the dataset's own split ``split_name``, in class-id order; needs no data.

        Default: the name is those of the unseen classes joined by ``+``. A dataset with other names lists them in
        `splits`. Draws and folds are no matter of the dataset (`mgah.splits.classes`).

        Args:
            classes: names of the classes that have images, in class-id order.

        Raises:
            InputError: for a name that is no split of this dataset.
        """
        check_own(cls.name, split_name, BY_CLASSES if cls.splits is None else cls.splits, classes)
        named = split_name.split("+")
        return tuple(name for name in classes if name in named)
