"""The store of a representation of one dataset's images: an array that can be memory-mapped, and its card.

``features.npy`` is (images, dimension), of float32 features, float16 feature maps or uint8 pixels; row ``i`` belongs to
the image id ``i`` of the table of images. ``card.json`` holds dataset, backbone, ``images`` (their number), dimension,
``dtype``, ``fingerprint`` (SHA-256 of the backbone's weights and preprocessing), ``content`` (SHA-256 of features.npy),
``sample`` (that of a part of it) and ``notes``, sentences that belong beside every number made from the store. The
extraction adds ``images_sha256`` (SHA-256 of the table of images), ``weights`` and ``weights_sha256`` (name and SHA-256
of the weights file; empty without weights), ``engine`` and ``device``.

A reader compares ``content`` where that takes a fraction of a second, and ``sample`` for a larger array; the
environment variable `CHECK` asks for one of them always.
"""

import hashlib
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import numpy as np
from filelock import FileLock, Timeout
from numpy.lib.format import open_memmap

from mgah.errors import InputError
from mgah.io.arrays import load_arrays
from mgah.io.files import make_folder, read_json, sha256, write_json
from mgah.io.records import INTEGER, SHA256, TEXT, TEXTS, check_fields
from mgah.io.space import reserve, told_if_full

#: The dtypes of a store's rows: features, feature maps, pixels.
DTYPES = ("float32", "float16", "uint8")
#: Environment variable that says how much of an array is compared with its checksum: ``whole`` or ``sample``.
CHECK = "MGAH_CHECK_STORES"
#: Bytes of an array up to which all of it is compared: some 0.2 to 0.7 s of SHA-256.
WHOLE_BYTES = 1 << 28
#: A sample is the first bytes of so many parts of a file of equal size, and its last bytes.
_PARTS, _PART_BYTES = 64, 1 << 20
_CARD = {"images": INTEGER, "dimension": INTEGER, "dtype": TEXT, "content": SHA256, "sample": SHA256}
_CARD |= {"notes": TEXTS, "backbone": TEXT, "fingerprint": TEXT, "dataset": TEXT, "images_sha256": SHA256}


def read_features(
    folder: Path | str, n_images: int | None = None, *, dataset: str = "", table: Path | str | None = None
) -> tuple[np.ndarray, dict]:
    """Memory-map the array of the store ``folder`` and read its card; return both.

    Args:
        folder: folder of the store.
        n_images: number of rows that is expected; None for the card's.
        dataset: name in the config of the dataset whose rows are expected; empty for any.
        table: the table of images, ``images.csv``, whose rows are expected; None for any. A card without its checksum,
            which an older version wrote, is not compared with it.

    Returns:
        The read-only array (images, dimension), and the card.

    Raises:
        InputError: for files that are missing or damaged, a store of another dataset or table of images, an array of
            another dtype (float32 where the card gives none) or shape than expected, or one whose checksum is not the
            card's.
    """
    folder = Path(folder)
    card = read_json(folder / "card.json")
    check_fields(card, _CARD, f"card {folder / 'card.json'}", optional=tuple(_CARD)[2:])
    _check_source(folder, card, dataset, table)
    try:
        features = load_arrays(folder / "features.npy", mmap_mode="r")
    except Exception as error:  # a damaged header can raise nearly anything
        raise InputError(
            f"{folder / 'features.npy'} cannot be read ({error}): remove it and run again"
        ) from error
    expected = (card.get("images") if n_images is None else n_images, card.get("dimension"))
    dtype = card.get("dtype", "float32")
    if dtype not in DTYPES or features.dtype != dtype or features.shape != expected:
        raise InputError(
            f"{folder / 'features.npy'} holds {features.dtype} of shape {features.shape}, "
            f"expected {dtype} of shape {expected}: remove {folder} and run again"
        )
    _check_content(folder, card)
    return features, card


def _check_source(folder: Path, card: Mapping[str, str], dataset: str, table: Path | str | None) -> None:
    """Raise `InputError` where the rows are those of other images, which were copied here, or of an older table."""
    if dataset and card.get("dataset", dataset) != dataset:
        raise InputError(
            f"{folder} is a store of the dataset {card['dataset']!r}, as its card says, expected one of {dataset!r}: "
            f"remove {folder} and run again"
        )
    if table is None or "images_sha256" not in card:
        return
    if (found := sha256(table)) != card["images_sha256"]:
        raise InputError(
            f"{folder} is a store of the table of images with the checksum {card['images_sha256'][:16]}..., as its "
            f"card says, but that of {table} is {found[:16]}..., so that its rows are of other images or in another "
            f"order: remove {folder} and run again"
        )


def _check_content(folder: Path, card: Mapping[str, str]) -> None:
    """Raise `InputError` where the array is not the one that the card's checksums were made of."""
    file = folder / "features.npy"
    how = os.environ.get(CHECK) or ("whole" if file.stat().st_size <= WHOLE_BYTES else "sample")
    if how not in ("whole", "sample"):
        raise InputError(f"{CHECK} is {how!r}, expected whole or sample")
    name = "sample" if how == "sample" and "sample" in card else "content"
    if name not in card:
        return
    found = sample_sha256(file) if name == "sample" else sha256(file)
    if found != card[name]:
        raise InputError(
            f"{file} has the checksum {found[:16]}..., expected {card[name][:16]}... as its card says: it is damaged "
            f"or was changed after it was written; remove {folder} and run again"
        )


def sample_sha256(file: Path) -> str:
    """Return the SHA-256, hexadecimal, of the size of ``file`` and of 65 MiB of its bytes, spread evenly over it."""
    size = file.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with open(file, "rb") as stream:
        for start in (*(size * part // _PARTS for part in range(_PARTS)), max(0, size - _PART_BYTES)):
            stream.seek(start)
            digest.update(stream.read(_PART_BYTES))
    return digest.hexdigest()


class FeatureWriter:
    """Context manager that writes a store row by row and resumes where a killed run stopped.

    Rows go to a hidden file beside ``features.npy``; a second one records how many rows are on disk and what they were
    made from. `finish` gives the first its name. Room for all rows is reserved before the first is written.

    Args:
        folder: folder of the store.
        shape: (images, dimension).
        identity: what determines the rows; rows of another identity that a killed run left are discarded.
        dtype: one of `DTYPES`.
        save_every: seconds after which the rows written so far are flushed to disk.
    """

    def __init__(
        self,
        folder: Path | str,
        shape: tuple[int, int],
        identity: Mapping[str, str | int],
        dtype: str = "float32",
        save_every: float = 5.0,
    ) -> None:
        self.folder, self.shape, self.save_every = Path(folder), shape, save_every
        self.dtype = np.dtype(dtype)
        self.identity = {**identity, "images": shape[0], "dimension": shape[1]}
        self.partial = self.folder / ".features.npy.partial"
        self.progress = self.folder / ".features.progress.json"
        #: Number of rows written.
        self.done = 0
        self._rows: np.memmap | None = None
        self._lock = FileLock(self.folder / ".features.lock", timeout=0)

    def __enter__(self) -> Self:
        with told_if_full(self.folder / "features.npy", self._size, part=self.partial):
            make_folder(self.folder)
            self._acquire()
            try:
                self._rows = self._resume()
                if self._rows is None:
                    self._rows = self._start()
            except BaseException:
                self._release()
                raise
        self._saved = time.monotonic()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._rows is not None:
            self.save()
            self._rows = None
        self._release()

    def append(self, rows: np.ndarray) -> None:
        """Write the next ``rows``, (k, dimension) of the store's dtype."""
        self._opened()[self.done : self.done + len(rows)] = rows
        self.done += len(rows)
        if time.monotonic() - self._saved >= self.save_every:
            self.save()

    def save(self) -> None:
        """Flush the rows written so far to disk and record their number, so that a later run resumes after them."""
        self._opened().flush()  # before the progress file counts them
        write_json(self.progress, {"identity": self.identity, "done": self.done})
        self._saved = time.monotonic()

    def finish(self, card: Mapping[str, object]) -> None:
        """Rename the complete array to ``features.npy`` and write its card, ``card`` and what the rows determine."""
        if self.done != self.shape[0]:
            raise ValueError(f"{self.done} of {self.shape[0]} rows are written")
        self.save()
        self._rows = None
        counts = {"images": self.shape[0], "dimension": self.shape[1], "dtype": str(self.dtype)}
        counts |= {"content": sha256(self.partial), "sample": sample_sha256(self.partial)}
        (self.folder / "card.json").unlink(missing_ok=True)  # first: it must never describe the new file
        os.replace(self.partial, self.folder / "features.npy")
        write_json(self.folder / "card.json", {**card, **counts})
        self.progress.unlink()

    def _acquire(self) -> None:
        """Take the store's lock, which a killed process loses."""
        try:
            self._lock.acquire()
        except Timeout as error:
            raise InputError(
                f"another process is writing features into {self.folder}: wait until it ends, or end it, and run again"
            ) from error

    def _release(self) -> None:
        # the file goes before the lock: after it, the file may be another's
        Path(self._lock.lock_file).unlink(missing_ok=True)
        self._lock.release()

    def _opened(self) -> np.memmap:
        if self._rows is None:
            raise RuntimeError("this FeatureWriter is not open: use it in a with statement")
        return self._rows

    @property
    def _size(self) -> int:
        """Bytes of the array."""
        return self.shape[0] * self.shape[1] * self.dtype.itemsize

    def _start(self) -> np.memmap:
        self.progress.unlink(missing_ok=True)  # first: it must never describe the new file
        rows = open_memmap(self.partial, mode="w+", dtype=self.dtype, shape=self.shape)
        try:
            reserve(self.partial)
        except OSError:
            os.truncate(self.partial, 0)
            raise
        return rows

    def _resume(self) -> np.memmap | None:
        if not self.progress.exists():
            return None
        try:
            progress = read_json(self.progress)
            rows = np.load(self.partial, mmap_mode="r+", allow_pickle=False)
        except Exception:
            return None  # half a file of a killed run, which can raise nearly anything: start again
        if progress.get("identity") != self.identity or rows.shape != self.shape or rows.dtype != self.dtype:
            return None
        if not INTEGER.holds(progress.get("done")) or progress["done"] > len(rows):
            return None
        reserve(self.partial)
        self.done = progress["done"]
        return rows
