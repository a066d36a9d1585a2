"""Makes the table of a dataset's images by decoding every image once."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from mgah.datasets.base import Dataset
from mgah.datasets.decode import conversions
from mgah.datasets.unreadable import refused
from mgah.errors import InputError
from mgah.io.names import check_text, is_text
from mgah.progress import progress


def index_images(
    dataset: Dataset,
    threads: int = 1,
    unreadable: dict[str, InputError] | None = None,
    converted: Counter[str] | None = None,
) -> pd.DataFrame:
    """Decode all images of ``dataset`` and return their table, which `mgah.tables.images` describes.

    Args:
        dataset: the dataset.
        threads: number of threads that decode; the table does not depend on it.
        unreadable: dict that gets, by path, the error of each image that cannot be read; such images are left out.
            None to raise one error on all of them instead.
        converted: gets the number of images by what was done to them (`mgah.datasets.decode.conversions`).

    Raises:
        InputError: for a path that no table can hold; without ``unreadable``, for images that cannot be read; with it,
            for a class none of whose images can be read.
    """
    contents: dict[str, str] = {}
    errors: dict[str, InputError] = {}
    class_names = dict(sorted(dataset.paths()))
    _check_paths(dataset.name, class_names)
    _check_classes(dataset.name, dataset.classes)
    for path, (content, done) in _contents(dataset, list(class_names), threads):
        if isinstance(content, str):
            contents[path] = content
            if converted is not None:
                converted.update(done)
        else:
            errors[path] = content
    if errors and unreadable is None:
        raise refused(
            errors, dataset.name, "and unreadable: skip in the block of the dataset leaves them out"
        )
    if unreadable is not None:
        unreadable |= errors
    kept = [class_names[path] for path in contents]
    if emptied := sorted(set(class_names.values()) - set(kept)):
        raise InputError(
            f"{dataset.name}: no image of the classes {emptied} can be read: get the dataset again"
        )
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


def _check_paths(dataset: str, paths: Iterable[str]) -> None:
    """Raise `InputError` for a path that a UTF-8 table with a line an image cannot hold."""
    for path in paths:
        check_text(path, f"{dataset}: the image {path!r}")


def _check_classes(dataset: str, classes: Iterable[str]) -> None:
    """Raise `InputError` for a class name that tables and figures cannot hold in one line."""
    for name in classes:
        if not is_text(name) or not name.strip():
            raise InputError(
                f"{dataset}: a class has the name {name!r}, expected one line of UTF-8 text without control "
                "characters: rename it"
            )


def _contents(
    dataset: Dataset, paths: list[str], threads: int
) -> Iterator[tuple[str, tuple[str | InputError, list[str]]]]:
    """Yield each path with the hash of its image, or the error if it cannot be read, and what was done to it."""

    def content(path: str) -> tuple[str | InputError, list[str]]:
        with conversions() as done:
            try:
                return content_hash(dataset.load(path)), done
            except InputError as error:
                return error, []

    pool = ThreadPoolExecutor(threads)
    try:
        with progress(f"decode {dataset.name}", len(paths), 0, "images") as bar:
            for found in zip(paths, pool.map(content, paths), strict=True):
                yield found
                bar.update()
    finally:
        pool.shutdown(cancel_futures=True)


def content_hash(pixels: np.ndarray) -> str:
    """Return 32 hexadecimal digits of the BLAKE2b hash of an image's shape and pixels, or of its published features."""
    digest = hashlib.blake2b(np.array(pixels.shape, dtype="<u4").tobytes(), digest_size=16)
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
