"""The notes of a split: sentences that belong beside every number made on it."""

import pandas as pd

from mgah.splits.copies import copies_of_unseen
from mgah.splits.split import Split


def split_notes(split: Split, images: pd.DataFrame) -> tuple[str, ...]:
    """Return the notes of ``split``, a split of the table ``images``: on a balanced draw and on exact copies, or none.

    Examples:
        >>> import numpy as np
        >>> from mgah.splits import draw_split, images_of
        >>> images = images_of(["ant", "bee", "cat"] * 10, np.arange(30))
        >>> images.loc[0, "content"] = images.loc[2, "content"]  # an ant is the copy of a cat
        >>> split = draw_split(images, "zoo", "cat", ["cat"], training=9, queries=4, seen_queries=2, seed=0)
        >>> split_notes(split, images)[0].split(";")[0]
        'Images of seen classes with an exact copy in an unseen class, in split cat of zoo: 1'
    """
    notes = []
    if split.balanced:
        training, queries = len(split.training) / len(split.seen), len(split.queries) / len(split.unseen)
        notes.append(
            f"Training images and queries of {split} are drawn class by class: {training:,.5g} training images of each "
            f"seen class and {queries:,.5g} queries of each unseen one, and no query is in the database."
        )
    if count := int(copies_of_unseen(images, split.unseen).sum()):
        notes.append(
            f"Images of seen classes with an exact copy in an unseen class, in {split}: {count:,}; none of them is a "
            "training image, and the database holds each under its own class."
        )
    return tuple(notes)
