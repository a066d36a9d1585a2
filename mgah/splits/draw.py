"""Drawing the images of a split.

Each part comes from a random stream of its own (`mgah.seeds.shuffled`), the same on every machine.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from mgah import seeds
from mgah.errors import InputError
from mgah.splits.copies import copies_of_unseen, has_copy
from mgah.splits.split import Split, check_split, class_names
from mgah.tables.images import check_images

#: Seed, name of the dataset and name of the split: what a split's random streams are named by, beside their part.
_Stream = tuple[int, str, str]


def draw_split(
    images: pd.DataFrame,
    dataset_name: str,
    split_name: str,
    unseen: Iterable[str],
    *,
    training: int,
    queries: int,
    seen_queries: int,
    seed: int,
    balanced: bool = False,
) -> Split:
    """Draw the parts of one split and return it, checked by `mgah.splits.split.check_split`.

    The same arguments give the same split on every machine. The number drawn for one part changes no other part, except
    that seen queries are never training images.

    Args:
        images: the dataset's table of images (`mgah.tables.images`).
        dataset_name: the dataset's name.
        split_name: name of the split.
        unseen: names of the unseen classes.
        training: number of training images, drawn from all images of seen classes but those with an exact copy in an
            unseen class.
        queries: number of queries, drawn from the images of unseen classes that have no exact copy.
        seen_queries: number of seen queries, drawn class by class from the images of seen classes that have no exact
            copy and are no training images.
        seed: seed of the draws.
        balanced: whether training images and queries are drawn class by class too, of two classes as many, or one more:
            4,000 training images of 40 seen classes are 100 of each.

    Raises:
        InputError: for bad counts, seed or unseen classes, too few images for the counts, or a table that is not whole
            (`mgah.tables.images.check_images`).

    Examples:
        >>> from mgah.splits import images_of
        >>> images = images_of(["ant", "bee", "cat"] * 10, np.arange(30))
        >>> split = draw_split(images, "zoo", "cat", ["cat"], training=10, queries=4, seen_queries=2, seed=0)
        >>> split.seen, len(split.training), len(split.queries), len(split.database)
        (('ant', 'bee'), 10, 4, 26)
    """
    where = f"split {split_name} of {dataset_name}"
    wanted = {"training": training, "queries": queries, "seen_queries": seen_queries}
    _check_counts(where, **wanted, seed=seed)
    names = class_names(images)
    if isinstance(unseen, str) or not isinstance(unseen, Iterable):
        raise InputError(
            f"{where}: unseen is {unseen!r}, expected the names of unseen classes: pass a list of them"
        )
    unseen = list(unseen)
    _check_unseen(where, unseen, names)
    drawn = _draw_parts(images, unseen, wanted, (seed, dataset_name, split_name), balanced)
    _check_drawn(where, wanted, drawn, images, unseen)
    split = Split(
        dataset=dataset_name,
        name=split_name,
        seed=int(seed),
        seen=tuple(name for name in names if name not in unseen),
        unseen=tuple(name for name in names if name in unseen),
        **{part: np.sort(ids) for part, ids in drawn.items()},
        database=np.setdiff1d(np.arange(len(images)), drawn["queries"]),
        duplicates=int(has_copy(images).sum()),
        balanced=balanced,
    )
    check_split(split, images)
    return split


def training_subset(split: Split, images: pd.DataFrame, size: int) -> Split:
    """Return ``split`` with only those ``size`` training images that were drawn first; all else is the same.

    Training images are drawn in random order from all seen classes, or class by class where the split is balanced. So a
    subset has about the share of each class, or as many images of each; a smaller subset lies in a larger one, and each
    is the training set that `draw_split` draws for ``training=size``.

    Args:
        split: a split of `draw_split`.
        images: the table of images that it was drawn from.
        size: number of training images.

    Raises:
        InputError: for a size below 1 or above that of the training set, for one so small that a seen class has no
            image, or for another table of images.

    Examples:
        >>> from mgah.splits import images_of
        >>> images = images_of(["ant", "bee", "cat"] * 10, np.arange(30))
        >>> split = draw_split(images, "zoo", "cat", ["cat"], training=10, queries=4, seen_queries=2, seed=0)
        >>> len(training_subset(split, images, 5).training)
        5
    """
    check_images(images)
    if not 1 <= size <= len(split.training):
        raise InputError(
            f"{split} has {len(split.training)} training images, got a subset of {size}, expected 1 to "
            f"{len(split.training)}: lower it or draw more training images"
        )

    def drawn(count: int) -> np.ndarray:
        stream = split.seed, split.dataset, split.name
        return np.sort(_draw_training(images, split.unseen, count, stream, split.balanced))

    if not np.array_equal(drawn(len(split.training)), split.training):
        raise InputError(f"{split} was not drawn from this images table by its seed: draw it again")
    subset = replace(split, training=drawn(size))
    check_split(subset, images)
    return subset


def _draw_parts(
    images: pd.DataFrame, unseen: Sequence[str], wanted: Mapping[str, int], stream: _Stream, balanced: bool
) -> dict[str, np.ndarray]:
    """Ids of the images of each part, in the order in which they are drawn: as many as ``wanted``, or as there are."""
    is_unseen = images["class_name"].isin(unseen).to_numpy()
    unique = ~has_copy(images)
    class_ids = images["class_id"].to_numpy()

    def evenly(candidates: np.ndarray, among: np.ndarray, part: str, total: int) -> np.ndarray:
        return _take_evenly(
            candidates, class_ids, _shuffled(np.unique(class_ids[among]), stream, part), total
        )

    training = _draw_training(images, unseen, wanted["training"], stream, balanced)
    queries = _shuffled(np.flatnonzero(is_unseen & unique), stream, "queries")
    if balanced:
        queries = evenly(queries, is_unseen, "query_classes", wanted["queries"])
    seen = _shuffled(np.flatnonzero(~is_unseen & unique), stream, "seen_queries")
    seen = seen[~np.isin(seen, training)]
    seen_queries = evenly(seen, ~is_unseen, "seen_query_classes", wanted["seen_queries"])
    return {"training": training, "queries": queries[: wanted["queries"]], "seen_queries": seen_queries}


def _draw_training(
    images: pd.DataFrame, unseen: Sequence[str], count: int, stream: _Stream, balanced: bool
) -> np.ndarray:
    """Ids of the ``count`` training images, or of as many as there are, in the order in which they are drawn."""
    seen = np.flatnonzero(~images["class_name"].isin(unseen).to_numpy())
    order = _shuffled(seen, stream, "training")
    candidates: np.ndarray = order[~copies_of_unseen(images, unseen)[order]]
    if not balanced:
        return candidates[:count]
    class_ids = images["class_id"].to_numpy()
    among = _shuffled(np.unique(class_ids[seen]), stream, "training_classes")
    return _take_evenly(candidates, class_ids, among, count)


def _shuffled(values: np.ndarray, stream: _Stream, part: str) -> np.ndarray:
    """``values`` in the order in which ``part`` of a split is drawn from them."""
    seed, dataset, split = stream
    return seeds.shuffled(values, seed, "split", dataset, split, part)


def _check_counts(where: str, **values: int) -> None:
    for what, value in values.items():
        least = 1 if what in ("training", "queries") else 0
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise InputError(f"{where}: {what} is {value!r}, expected an integer of {least} or more")


def _check_unseen(where: str, unseen: Sequence[str], names: Sequence[str]) -> None:
    absent = [name for name in unseen if name not in names]
    if absent or not unseen or len(set(names) - set(unseen)) < 2:
        raise InputError(
            f"{where} has the unseen classes {list(unseen)}; expected one or more of the classes that have "
            f"images, {list(names)}, with two or more of them left as seen ones"
        )


def _check_drawn(
    where: str,
    wanted: Mapping[str, int],
    drawn: Mapping[str, np.ndarray],
    images: pd.DataFrame,
    unseen: Sequence[str],
) -> None:
    """Each part has as many images as were ``wanted``."""
    found = {part: len(ids) for part, ids in drawn.items()}
    if found != wanted:
        of_unseen = int(images["class_name"].isin(unseen).sum())
        raise InputError(
            f"{where} has too few images: wanted {_listed(wanted)}, could draw {_listed(found)} out of "
            f"{of_unseen:,} unseen and {len(images) - of_unseen:,} seen images, {has_copy(images).sum():,} of which "
            f"have a copy and can be no query, and {copies_of_unseen(images, unseen).sum():,} of the seen ones have "
            "one in an unseen class and can be no training image: lower the counts or add images"
        )


def _take_evenly(candidates: np.ndarray, class_ids: np.ndarray, among: np.ndarray, total: int) -> np.ndarray:
    """The first ``total`` of the ``candidates``, equally many of each class.

    Where the division leaves a remainder, the first classes of ``among`` give one more; a class with too few images
    gives fewer.
    """
    share, remainder = divmod(total, len(among))
    quotas = dict.fromkeys(among, share) | dict.fromkeys(among[:remainder], share + 1)
    of_candidate = pd.Series(class_ids[candidates])
    place_in_class = of_candidate.groupby(of_candidate).cumcount()
    taken: np.ndarray = candidates[place_in_class < of_candidate.map(quotas)]
    return taken


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {part.replace('_', ' ')}" for part, count in counts.items())
