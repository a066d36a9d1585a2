"""The files of a gallery: what is found as a tidy table, and the images as thumbnails. Writers and readers.

Table (``.csv``), the columns `COLUMNS`, a row a query, method and rank: ``dataset``, ``backbone``, ``semantics``,
``split``, ``method``, ``label`` (display name) str; ``seed``, ``bits`` int64; ``query_id`` int64 and ``query_class``
str; ``rank`` int64 from 1; ``id`` int64 and ``class`` str of the image found; ``distance`` int64; ``right`` bool,
whether the classes are equal.

Thumbnails (``.npz``, loadable with ``allow_pickle=False``): ``dataset`` str (n,), ``id`` int32 (n,) and ``pixels``
uint8 (n, side, side, 3), whole images on a white square.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from mgah.errors import InputError
from mgah.io.arrays import load_arrays
from mgah.io.files import atomic_path
from mgah.tables.format import RUN_TYPES, TableFormat

KEY = ("dataset", "backbone", "semantics", "split", "query_class", "query_id", "method", "rank")
GALLERY = TableFormat(
    name="gallery",
    columns=RUN_TYPES
    | {
        "query_id": int,
        "query_class": str,
        "rank": int,
        "id": int,
        "class": str,
        "distance": int,
        "right": bool,
    },
    key=KEY,
    order=KEY,
)
COLUMNS = tuple(GALLERY.columns)
write_gallery, read_gallery = GALLERY.write, GALLERY.read


def write_thumbnails(target: Path | str, dataset: list[str], ids: list[int], pixels: np.ndarray) -> None:
    """Write thumbnails atomically: the same images give the same bytes."""
    with atomic_path(target) as path:
        np.savez_compressed(path, dataset=np.array(dataset), id=np.array(ids, np.int32), pixels=pixels)


def read_thumbnails(source: Path | str) -> pd.DataFrame:
    """Read thumbnails: ``dataset`` str, ``id`` int64, ``pixels`` bytes of uint8 (side, side, 3), a row an image."""
    try:
        with load_arrays(source) as stored:
            pixels = stored["pixels"]
            table = pd.DataFrame({"dataset": stored["dataset"].tolist(), "id": stored["id"].astype(np.int64)})
    except Exception as error:  # a broken zip can raise nearly anything
        raise InputError(f"thumbnails {source} cannot be read ({error}): make them again") from error
    if pixels.dtype != np.uint8 or pixels.shape != (len(table), *pixels.shape[1:2] * 2, 3):
        raise InputError(
            f"thumbnails {source} are {pixels.dtype} of shape {pixels.shape} for {len(table)} ids, expected uint8 of "
            f"shape ({len(table)}, side, side, 3): make them again"
        )
    return table.assign(pixels=[image.tobytes() for image in pixels])
