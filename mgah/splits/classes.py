"""The unseen classes of a split, by its name (`mgah.datasets.split_names`).

The classes of draws and folds come from named random streams (`mgah.seeds.shuffled`), the same on every machine.
"""

from collections.abc import Sequence

import numpy as np

from mgah import seeds
from mgah.datasets.base import Dataset
from mgah.datasets.split_names import Fold, check_distinct, parse, unseen_count
from mgah.errors import InputError


def unseen_classes(
    dataset: Dataset | type[Dataset], split_name: str, classes: Sequence[str], seed: int
) -> tuple[str, ...]:
    """Return the names of the unseen classes of a split, in the order of ``classes``, without reading any data.

    Args:
        dataset: the dataset or its class.
        split_name: name of the split.
        classes: names of the classes that have images, in class-id order.
        seed: seed of the partition of the classes into folds; the seed of a draw is in its name.

    Raises:
        InputError: for a name that is no split of this dataset, or too few classes.

    Examples:
        >>> from mgah.datasets.digits import Digits
        >>> sorted(sum((unseen_classes(Digits, f"fold{k}of3", Digits.classes, seed=0) for k in range(3)), ()))
        ['eight', 'five', 'four', 'nine', 'one', 'seven', 'six', 'three', 'two', 'zero']
    """
    drawn = drawn_classes(dataset.name, split_name, classes, seed, dataset.n_unseen)
    return dataset.unseen_classes(split_name, classes) if drawn is None else drawn


def check_splits(
    dataset: Dataset | type[Dataset], name: str, splits: Sequence[str], classes: Sequence[str], seed: int
) -> None:
    """Raise `InputError` for ``splits`` that there are not, or two that leave the same classes unseen.

    Args:
        dataset: the dataset or its class.
        name: the dataset's name in the config.
        splits: names of all its splits in the config.
        classes, seed: as of `unseen_classes`.

    Examples:
        >>> from mgah.datasets.digits import Digits
        >>> check_splits(Digits, "digits", ["three", "draw0", "fold0of3"], Digits.classes, seed=0)
        >>> check_splits(Digits, "digits", ["draw0", "draw20"], Digits.classes, seed=0)
        Traceback (most recent call last):
            ...
        mgah.errors.InputError: digits has 'draw0' and 'draw20', which leave the same classes unseen, expected each ...
    """
    try:
        unseen = {split: unseen_classes(dataset, split, classes, seed) for split in splits}
    except InputError as error:  # which calls the dataset as its class is called
        raise InputError(str(error) if name == dataset.name else f"{name}: {error}") from error
    check_distinct(name, unseen)


def drawn_classes(
    dataset: str, split_name: str, classes: Sequence[str], seed: int = 0, n_unseen: int | None = None
) -> tuple[str, ...] | None:
    """Return the names of the unseen classes of a draw or a fold, as `unseen_classes`; None for any other name.

    Args:
        dataset: the dataset's name, which may be that of arrays of one's own.
        split_name: name of a draw or a fold, ``draw<k>`` or ``fold<k>of<n>``.
        classes: names of the dataset's classes, in their order.
        seed: seed of the partition that folds are parts of.
        n_unseen: unseen classes of a draw, 1 or more; by default a tenth of all, one at least.

    Raises:
        InputError: for fewer classes than folds, too few seen classes, or an ``n_unseen`` that is no integer of 1 or
            more.

    Examples:
        >>> [drawn_classes("zoo", f"fold{k}of2", ["ant", "bee", "cat", "dog"]) for k in range(2)]
        [('bee', 'cat'), ('ant', 'dog')]
    """
    split = parse(dataset, split_name)
    if split is None:
        return None
    count = unseen_count(dataset, split_name, len(classes), n_unseen)
    places = np.arange(len(classes))
    if isinstance(split, Fold):
        unseen = seeds.shuffled(places, seed, dataset, "folds", split.folds)[split.number :: split.folds]
    else:
        unseen = seeds.shuffled(places, split.seed, dataset, "unseen classes")[:count]
    return tuple(classes[place] for place in np.sort(unseen))
