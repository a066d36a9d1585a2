"""Makes the table of a dataset's images by decoding every image once."""

import hashlib
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from tqdm import tqdm

from mgah.datasets.base import Dataset
from mgah.errors import InputError

#: End of the sentence about an image that cannot be read: what to do.
UNREADABLE = ("stop", "skip")


def index_images(
    dataset: Dataset, threads: int = 1, unreadable: dict[str, InputError] | None = None
) -> pd.DataFrame:
    """Decode all images of ``dataset`` and return their table, which `mgah.tables.images` describes.

    Args:
        dataset: the dataset.
        threads: number of threads that decode; the table does not depend on it.
        unreadable: dict that gets, by path, the error of each image that cannot be read; such images are left out.
            None to raise the first error instead.

    Raises:
        InputError: without ``unreadable``, for the first image, in path order, that cannot be read; with it, for a
            class none of whose images can be read.
    """
    contents: dict[str, str] = {}
    class_names = dict(sorted(dataset.paths()))
    for path, content in _contents(dataset, list(class_names), threads):
        if isinstance(content, str):
            contents[path] = content
        elif unreadable is None:
            raise content
        else:
            unreadable[path] = content
    kept = [class_names[path] for path in contents]
    if emptied := sorted(set(class_names.values()) - set(kept)):
        raise InputError(f"{dataset.name}: no image of the classes {emptied} can be read: get an intact copy")
    class_ids = {name: class_id for class_id, name in enumerate(dataset.classes)}
    return pd.DataFrame(
        {
            "id": np.arange(len(contents)),
            "class_id": [class_ids[name] for name in kept],
            "class_name": kept,
            "path": list(contents),
            "content": list(contents.values()),
        }
    )


def _contents(dataset: Dataset, paths: list[str], threads: int) -> Iterator[tuple[str, str | InputError]]:
    """Yield each path with the hash of its image, or with the error if the image cannot be read."""

    def content(path: str) -> str | InputError:
        try:
            return content_hash(dataset.load(path))
        except InputError as error:
            return error

    pool = ThreadPoolExecutor(threads)
    try:
        progress = tqdm(
            pool.map(content, paths),
            total=len(paths),
            desc=f"{dataset.name}: decoding",
            unit=" images",
            mininterval=0.1 if sys.stderr.isatty() else 10,
        )
        yield from zip(paths, progress, strict=True)
    finally:
        pool.shutdown(cancel_futures=True)


def content_hash(pixels: np.ndarray) -> str:
    """Return 32 hexadecimal digits of the BLAKE2b hash of an image's shape and pixels, or of its published features."""
    digest = hashlib.blake2b(np.array(pixels.shape, dtype="<u4").tobytes(), digest_size=16)
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
