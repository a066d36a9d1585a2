"""Retrieval tasks inside a split's training images: some of its seen classes are held out and play unseen ones."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mgah import seeds
from mgah.errors import InputError
from mgah.splits import Split, seen_labels
from mgah.training.held_out import held_out_count

#: Largest share of the images of a held-out class that are queries.
_QUERY_SHARE = 0.1


@dataclass(frozen=True, eq=False)
class Task:
    """One retrieval task of held-out classes among the training images of a split, all given by their ids.

    Attributes:
        held_out, kept: class names; methods are fitted on the kept classes.
        training: ids of the images of kept classes, int64 ascending, and their ``labels``, indices in ``kept``; none
            with an exact copy in a held-out class.
        queries: ids of images of held-out classes, at least one of each class, without a copy in the training images.
        database: the ids of all other training images, those of the kept classes included.
        query_classes, database_classes: classes of both, int64, as indices into the split's seen classes.
    """

    held_out: tuple[str, ...]
    kept: tuple[str, ...]
    training: np.ndarray
    labels: np.ndarray
    queries: np.ndarray
    query_classes: np.ndarray
    database: np.ndarray
    database_classes: np.ndarray


def draw_tasks(split: Split, images: pd.DataFrame, draws: int, count: int | None, seed: int) -> list[Task]:
    """Draw ``draws`` tasks, each of which holds out ``count`` classes (None: a tenth of the seen ones), none twice.

    They depend on the split and the seed alone, so that the parameters of all methods are chosen on the same tasks.

    Raises:
        InputError: where the split has too few seen classes, or a class too few images.
    """
    n_seen = len(split.seen)
    count = held_out_count(str(split), n_seen, draws, count)
    order = seeds.shuffled(np.arange(n_seen), seed, "selection", split.dataset, split.name)
    classes = seen_labels(split, images)
    content = images["content"].iloc[split.training]
    return [
        _task(split, classes, content, np.sort(order[draw * count : (draw + 1) * count]), seed)
        for draw in range(draws)
    ]


def _task(split: Split, classes: np.ndarray, content: pd.Series, held_out: np.ndarray, seed: int) -> Task:
    unique = ~content.duplicated(keep=False).to_numpy()
    kept = np.setdiff1d(np.arange(len(split.seen)), held_out)
    is_query = np.zeros(len(classes), dtype=bool)
    for place in held_out:
        members = np.flatnonzero(classes == place)
        where = (seed, "selection", split.dataset, split.name, split.seen[place])
        order = seeds.shuffled(members, *where)
        order = order[unique[order]]
        if len(members) < 2 or not len(order):
            raise InputError(
                f"{split} has {len(members)} training images of {split.seen[place]}, {len(order)} of them without an "
                "exact copy, expected two or more and one or more to choose hyper-parameters on: draw more training "
                "images"
            )
        is_query[order[: max(1, int(_QUERY_SHARE * len(members)))]] = True
    in_training = np.isin(classes, kept) & ~content.isin(content[np.isin(classes, held_out)]).to_numpy()
    return Task(
        held_out=tuple(split.seen[place] for place in held_out),
        kept=tuple(split.seen[place] for place in kept),
        training=split.training[in_training],
        labels=np.searchsorted(kept, classes[in_training]),
        queries=split.training[is_query],
        query_classes=classes[is_query],
        database=split.training[~is_query],
        database_classes=classes[~is_query],
    )
