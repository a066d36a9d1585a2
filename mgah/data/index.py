"""The images table of a dataset, made by decoding every image once."""

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from tqdm import tqdm

from mgah.data.contract import Dataset


def index_images(dataset: Dataset, threads: int = 1) -> pd.DataFrame:
    """Decode all images and return the table that ``mgah.data.images`` describes.

    The result does not depend on ``threads``. A corrupt image is an `InputError` that names the first one in
    path order.
    """
    paths, class_names = zip(*sorted(dataset.paths()), strict=True)
    class_ids = {name: class_id for class_id, name in enumerate(dataset.classes)}
    with ThreadPoolExecutor(threads) as pool:
        hashes = tqdm(
            pool.map(lambda path: content_hash(dataset.load(path)), paths),
            total=len(paths),
            desc=f"{dataset.name}: decoding",
            unit=" images",
            mininterval=0.1 if sys.stderr.isatty() else 10,
        )
        contents = list(hashes)
    return pd.DataFrame(
        {
            "id": np.arange(len(paths)),
            "class_id": [class_ids[name] for name in class_names],
            "class_name": class_names,
            "path": paths,
            "content": contents,
        }
    )


def content_hash(pixels: np.ndarray) -> str:
    """Hash of an image's shape and pixels, uint8 (height, width, 3): 32 hexadecimal digits of BLAKE2b."""
    digest = hashlib.blake2b(np.array(pixels.shape, dtype="<u4").tobytes(), digest_size=16)
    digest.update(np.ascontiguousarray(pixels))
    return digest.hexdigest()
