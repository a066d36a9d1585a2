"""Exact copies among the images of a dataset.

An image with a copy is never a query, and an image of a seen class is never a training image if an image of an unseen
class is its copy.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd


def has_copy(images: pd.DataFrame) -> np.ndarray:
    """Say for each image of the table ``images`` whether another one has exactly its pixels: bool (images,).

    Examples:
        >>> from mgah.splits import images_of
        >>> images = images_of(["ant", "bee", "cat"] * 10, np.arange(30))
        >>> int(has_copy(images).sum())
        0
    """
    copied: np.ndarray = images["content"].duplicated(keep=False).to_numpy()
    return copied


def copies_of_unseen(images: pd.DataFrame, unseen: Sequence[str]) -> np.ndarray:
    """Say for each image whether it is of a seen class and has exactly the pixels of an image of an unseen class.

    Args:
        images: table of `mgah.tables.images`, of which ``class_name`` and ``content`` are read.
        unseen: names of the unseen classes.

    Returns:
        bool (images,).

    Examples:
        >>> images = pd.DataFrame({"class_name": ["ant", "ant", "cat"], "content": ["0", "1", "0"]})
        >>> copies_of_unseen(images, ["cat"]).tolist()
        [True, False, False]
    """
    is_unseen = images["class_name"].isin(unseen)
    copied: np.ndarray = (~is_unseen & images["content"].isin(images.loc[is_unseen, "content"])).to_numpy()
    return copied
