"""What the datasets from ImageNet share: 100 class folders named by WordNet ids, and ten unseen classes in a draw."""

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from mgah.datasets.base import Dataset
from mgah.datasets.decode import decode_image
from mgah.datasets.folders import FolderFiles
from mgah.datasets.imagenet1k import imagenet1k_names
from mgah.errors import InputError
from mgah.io.archives import ZipFiles
from mgah.io.names import top_names


class SynsetFolders(Dataset):
    """Images ``<id>/<file>`` of classes of ImageNet-1K, in the order of their ids.

    A split ``draw<k>`` has ten unseen classes, as many as in the paper; there are no other splits but folds.

    Args:
        ids: WordNet ids of the classes, ascending.
        files: the folder or archive with the images, which are read one by one when they are loaded.
        names: names of all files in it; files that are no JPEG image in the folder of a class are ignored.

    Raises:
        InputError: for a class with fewer or more images than `class_size` says.
    """

    splits = ()
    n_classes = 100
    n_unseen = 10
    class_size: ClassVar[tuple[int, int]]

    def __init__(self, ids: Sequence[str], files: FolderFiles | ZipFiles, names: Sequence[str]) -> None:
        self._files = files
        class_names = {synset_id: imagenet1k_names()[synset_id] for synset_id in ids}
        self.classes = tuple(class_names.values())
        self.synsets = {name: synset_id for synset_id, name in class_names.items()}
        self._labels = {}
        for name in names:
            folder, _, file = name.rpartition("/")
            if folder in class_names and file.lower().endswith((".jpeg", ".jpg")):
                self._labels[name] = class_names[folder]
        self._check_counts(names)

    def _check_counts(self, names: Sequence[str]) -> None:
        counts = Counter(self._labels.values())
        low, high = self.class_size
        wrong = [
            f"{counts[name]:,} of {self.synsets[name]}"
            for name in self.classes
            if not low <= counts[name] <= high
        ]
        if wrong:
            more = f" and {len(wrong) - 5:,} other classes" if len(wrong) > 5 else ""
            raise InputError(
                f"{self.name} in {self._files.place} has {', '.join(wrong[:5])}{more}; expected "
                f"{f'{low:,} to {high:,}' if low < high else f'{low:,}'} JPEG images of each class in the folder "
                f"of its WordNet id; at its top it has {top_names(names)}: add what is missing, or remove what "
                "was added"
            )

    def _load(self, path: str) -> np.ndarray:
        return decode_image(self._files.read(path), f"{path} in {self._files.place}")
