"""A split, and the rules that every split is checked by when it is drawn, written and read."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from mgah.errors import InputError
from mgah.splits.copies import copies_of_unseen, has_copy
from mgah.tables.images import check_images

PARTS = ("training", "queries", "seen_queries", "database")


@dataclass(frozen=True, eq=False)
class Split:
    """The classes and the images of one split; images are given by their ids, int64 and ascending.

    Attributes:
        dataset: the dataset's name.
        name: name of the split.
        seed: the seed that the images were drawn with.
        seen: names of the seen classes, in class-id order.
        unseen: names of the unseen classes, in class-id order; together with ``seen`` they are the classes that have
            images.
        training: ids of training images, of seen classes, none with an exact copy in an unseen class.
        queries: ids of queries, of unseen classes.
        seen_queries: ids of images of seen classes that are no training images; the numbers of two classes differ by
            one at most.
        database: ids of all images but the queries, ``training`` and ``seen_queries`` included.
        duplicates: number of images whose pixels another image of the dataset has as well; none is a query of
            either kind, because its copy would be in the database or in the training set.
        balanced: whether the numbers of training images, and of queries, of two classes differ by one at most too.

    Examples:
        >>> from mgah.splits import draw_split, images_of
        >>> images = images_of(["ant", "bee", "cat"] * 10, np.arange(30))
        >>> split = draw_split(images, "zoo", "cat", ["cat"], training=10, queries=4, seen_queries=2, seed=0)
        >>> str(split), split.counts()
        ('split cat of zoo', {'training': 10, 'queries': 4, 'seen_queries': 2, 'database': 26})
    """

    dataset: str
    name: str
    seed: int
    seen: tuple[str, ...]
    unseen: tuple[str, ...]
    training: np.ndarray
    queries: np.ndarray
    seen_queries: np.ndarray
    database: np.ndarray
    duplicates: int
    balanced: bool = False

    def __str__(self) -> str:
        return f"split {self.name} of {self.dataset}"

    def counts(self) -> dict[str, int]:
        """Return the number of images in each of the four `PARTS`, by the part's name."""
        return {part: len(getattr(self, part)) for part in PARTS}


def class_names(images: pd.DataFrame) -> tuple[str, ...]:
    """Return the names of the classes that have images in the table ``images``, in class-id order.

    Raises:
        InputError: for a table that is not whole (`mgah.tables.images.check_images`).

    Examples:
        >>> from mgah.splits import images_of
        >>> images = images_of(["ant", "bee", "cat"] * 10, np.arange(30))
        >>> class_names(images)
        ('ant', 'bee', 'cat')
    """
    check_images(images)
    return tuple(images.drop_duplicates("class_id").sort_values("class_id")["class_name"])


def names_by_id(images: pd.DataFrame) -> tuple[str, ...]:
    """Return the class name of every class id from 0 on; it is empty for an id that has no images.

    Examples:
        >>> from mgah.splits import images_of
        >>> images = images_of(["ant", "bee", "cat"] * 10, np.arange(30))
        >>> names_by_id(images)
        ('ant', 'bee', 'cat')
    """
    names = images.drop_duplicates("class_id").set_index("class_id")["class_name"]
    return tuple(names.reindex(range(int(names.index.max()) + 1), fill_value="").tolist())


def seen_labels(split: Split, images: pd.DataFrame) -> np.ndarray:
    """Return the labels of the training images, int64 (training,): indices into ``split.seen``.

    Raises:
        InputError: for a training image whose class is not seen or that is not in the table, or a table that is not
            whole (`mgah.tables.images.check_images`).

    Examples:
        >>> from mgah.splits import draw_split, images_of
        >>> images = images_of(["ant", "bee", "cat"] * 10, np.arange(30))
        >>> split = draw_split(images, "zoo", "cat", ["cat"], training=10, queries=4, seen_queries=2, seed=0)
        >>> np.bincount(seen_labels(split, images)).tolist()
        [6, 4]
    """
    check_images(images)
    _check_ids(split, "training", len(images))
    places = pd.Index(split.seen).get_indexer(images["class_name"].to_numpy()[split.training])
    if (places < 0).any():
        image = split.training[int((places < 0).argmax())]
        raise InputError(f"{split} has the training image {image} of a class that is not seen: draw it again")
    labels: np.ndarray = places.astype(np.int64)
    return labels


def check_split(split: Split, images: pd.DataFrame) -> None:
    """Raise `InputError` unless ``split`` is as `Split` says, for the images of the table ``images``.

    Examples:
        >>> from mgah.splits import draw_split, images_of
        >>> images = images_of(["ant", "bee", "cat"] * 10, np.arange(30))
        >>> split = draw_split(images, "zoo", "cat", ["cat"], training=10, queries=4, seen_queries=2, seed=0)
        >>> check_split(split, images)
    """
    check_images(images)
    for part in PARTS:
        _check_ids(split, part, len(images))
    _check_disjoint(split, len(images))
    _check_copies(split, images)
    _check_classes(split, images)


def _check_ids(split: Split, part: str, n_images: int) -> None:
    ids = getattr(split, part)
    if len(ids) == 0 and part != "seen_queries":
        raise InputError(f"{split} has no {part} images")
    bad = ids[(ids < 0) | (ids >= n_images)]
    if len(bad):
        raise InputError(
            f"{split} has the {part} id {bad[0]}, but the images table has ids from 0 to {n_images - 1}"
        )
    if (np.diff(ids) <= 0).any():
        raise InputError(f"{split} has {part} ids that are not ascending or stand there twice")


def _check_disjoint(split: Split, n_images: int) -> None:
    apart = [*combinations(("training", "queries", "seen_queries"), 2), ("queries", "database")]
    for one, other in apart:
        shared = np.intersect1d(getattr(split, one), getattr(split, other))
        if len(shared):
            raise InputError(
                f"{split} has {len(shared)} images both in {one} and in {other}, first id {shared[0]}: "
                "these parts may share none"
            )
    lacking = np.setdiff1d(np.arange(n_images), np.concatenate([split.queries, split.database]))
    if len(lacking):
        raise InputError(
            f"{split} has {len(lacking)} images that are neither query nor database image, first id "
            f"{lacking[0]}: the database is every image but the queries"
        )


def _check_copies(split: Split, images: pd.DataFrame) -> None:
    copied = has_copy(images)
    if split.duplicates != copied.sum():
        raise InputError(
            f"{split} says {split.duplicates} images have copies, but the images table has {copied.sum()}"
        )
    queries = np.concatenate([split.queries, split.seen_queries])
    if copied[queries].any():
        query = queries[copied[queries]][0]
        copies = np.flatnonzero(images["content"] == images["content"].iloc[query])
        copy = copies[copies != query][0]
        where = [part for part in PARTS if copy in getattr(split, part)]
        raise InputError(
            f"{split} has the query {query}, whose pixels are those of image {copy} in "
            f"{' and '.join(where)}: a query may have no copy"
        )
    leaking = split.training[copies_of_unseen(images, split.unseen)[split.training]]
    if len(leaking):
        raise InputError(
            f"{split} has the training image {leaking[0]}, whose pixels are those of an image of an unseen class: "
            "these may not be trained on"
        )


def _check_classes(split: Split, images: pd.DataFrame) -> None:
    names = class_names(images)
    unseen = tuple(name for name in names if name in split.unseen)
    seen = tuple(name for name in names if name not in split.unseen)
    if (split.seen, split.unseen) != (seen, unseen) or len(seen) < 2 or not unseen:
        raise InputError(
            f"{split} has the seen classes {list(split.seen)} and the unseen classes {list(split.unseen)}; "
            f"expected two or more seen and one or more unseen, together and in this order {list(names)}"
        )
    of_image = images["class_name"].to_numpy(dtype=object)
    for part, allowed in (("training", seen), ("queries", unseen), ("seen_queries", seen)):
        foreign = set(of_image[getattr(split, part)]) - set(allowed)
        if foreign:
            raise InputError(
                f"{split} has {part} images of {sorted(foreign)}, which may come only from {list(allowed)}"
            )
    for part, needed, advice in (
        ("training", seen, "draw more training images"),
        ("database", set(of_image[split.queries]), "draw fewer queries, or add images, two or more a class"),
    ):
        empty = set(needed) - set(of_image[getattr(split, part)])
        if empty:
            raise InputError(f"{split} has no {part} image of {sorted(empty)}: {advice}")
    even = {"seen_queries": seen} | ({"training": seen, "queries": unseen} if split.balanced else {})
    for part, classes in even.items():
        sizes = pd.Series(of_image[getattr(split, part)]).value_counts().reindex(classes, fill_value=0)
        if sizes.max() - sizes.min() > 1:
            words = part.replace("_", " ")
            raise InputError(f"{split} has {words} of unequal number a class: {sizes.to_dict()}")
