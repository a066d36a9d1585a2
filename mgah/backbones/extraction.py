"""Extraction of features from images, on all cores: in fixed batches and order, resumed where it was killed."""

from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np

from mgah.backbones.base import Backbone, Engine
from mgah.backbones.store import FeatureWriter
from mgah.errors import InputError
from mgah.progress import progress


def batches(
    backbone: Backbone,
    engine: Engine,
    paths: Sequence[str],
    load: Callable[[str], np.ndarray],
    threads: int,
    start: int = 0,
    unreadable: dict[str, InputError] | None = None,
) -> Generator[np.ndarray, None, None]:
    """Compute the features of the images ``paths[start:]``, batch by batch, in order.

    Each thread takes a batch through decoding, preprocessing and the forward pass, so that one thread decodes while
    another computes and no core is idle.

    Args:
        backbone: the backbone, which preprocesses images.
        engine: what computes features (`mgah.backbones.base.Backbone.engine`).
        paths: paths of all images.
        load: loads the image of a path, uint8 (h, w, 3), RGB; several threads call it at once.
        threads: number of threads.
        start: index of the first path, a multiple of the engine's batch size, so that batches are the same in every
            run.
        unreadable: gets, by path, the error of each image that cannot be loaded or used; None to raise the first one.

    Yields:
        Features (batch_size, dimension) of the backbone's dtype; the last batch may have fewer rows. The row of an
        image that is in ``unreadable`` by then is zeros.

    Raises:
        InputError: for an image that cannot be loaded or used, or whose features are not finite.
    """
    size = engine.batch_size

    def features(first: int) -> np.ndarray:
        names = paths[first : first + size]
        batch = np.zeros((size, *backbone.input_shape), dtype=np.float32)
        for row, name in enumerate(names):
            try:
                batch[row] = _prepare(backbone, name, load(name))
            except InputError as error:
                if unreadable is None:
                    raise
                unreadable[name] = error
        with np.errstate(
            over="ignore"
        ):  # half precision ends at 65,504: rows with infinite values are refused below
            rows = engine.forward(batch)[: len(names)].astype(backbone.dtype, copy=False)
        if unreadable:
            rows = np.where(np.isin(names, list(unreadable))[:, None], np.zeros(1, rows.dtype), rows)
        _check_finite(backbone.name, rows, names)
        return rows

    pool = ThreadPoolExecutor(threads)
    waiting: deque[Future[np.ndarray]] = deque()
    try:
        for first in range(start, len(paths), size):
            waiting.append(pool.submit(features, first))
            if len(waiting) > 2 * threads:  # enough to keep the threads busy, and few batches in memory
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def extract(
    backbone: Backbone,
    engine: Engine,
    paths: Sequence[str],
    load: Callable[[str], np.ndarray],
    folder: Path | str,
    card: Mapping[str, object],
    source: str,
    threads: int,
) -> None:
    """Write the store ``folder`` with the features of the images ``paths``, resuming what a killed run left there.

    Arguments that are not listed, and errors, are those of `batches`.

    Args:
        folder: folder of the store (`mgah.backbones.store`).
        card: entries of the card that the backbone and the engine do not know: ``dataset``, and ``backbone``, the
            backbone's name in the config.
        source: SHA-256 of the table of images; rows of other images are not reused.
    """
    fingerprint = backbone.fingerprint()
    identity: dict[str, str | int] = {
        "source": source,
        "fingerprint": fingerprint,
        "engine": engine.name,
        "device": engine.device,
        "batch_size": engine.batch_size,
    }
    shape = (len(paths), backbone.dimension)
    with FeatureWriter(folder, shape, identity, backbone.dtype) as writer:
        steps = batches(backbone, engine, paths, load, threads, writer.done)
        with closing(steps), progress(f"features {backbone.name}", len(paths), writer.done, "images") as bar:
            for rows in steps:
                writer.append(rows)
                bar.update(len(rows))
        about = {
            "images_sha256": source,
            "fingerprint": fingerprint,
            "weights": backbone.weights_file,
            "weights_sha256": backbone.weights_sha256,
            "engine": engine.name,
            "device": engine.device,
            "notes": list(backbone.notes),
        }
        writer.finish({**card, **about})


def _prepare(backbone: Backbone, name: str, image: np.ndarray) -> np.ndarray:
    try:
        return backbone.preprocess(image)
    except InputError as error:
        raise InputError(f"image {name} cannot be used: {error}") from error


def _check_finite(who: str, rows: np.ndarray, names: Sequence[str]) -> None:
    bad = ~np.isfinite(rows).all(axis=1)
    if bad.any():
        raise InputError(
            f"{who}: the features of image {names[int(bad.argmax())]} are not finite: check the image "
            "and the backbone's weights"
        )
