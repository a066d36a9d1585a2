"""The split file (``.json``): its writer and its reader.

Each key has a line of its own: ``dataset``, ``split``, ``seed``, ``seen`` and ``unseen`` class names, ``images``
(SHA-256 of the paths and class names of the table of images, so that ids are never read against another table),
``duplicates``, ``counts`` of the four parts, the image ids of ``training``, ``queries``, ``seen_queries`` and
``database``, and ``checksum``, the SHA-256 of all other keys as JSON with sorted keys and no spaces. A balanced split
has the key ``balanced``, true.
`mgah.splits.split.Split` says what each part is.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mgah.errors import InputError
from mgah.io.files import atomic_path, read_json
from mgah.splits.split import PARTS, Split, check_split

TYPES = {
    "dataset": str,
    "split": str,
    "seed": int,
    "seen": list,
    "unseen": list,
    "images": str,
    "duplicates": int,
}
TYPES |= {"counts": dict, **dict.fromkeys(PARTS, list), "checksum": str}
#: What only some files have.
OPTIONAL = {"balanced": bool}


def write_split(target: Path | str, split: Split, images: pd.DataFrame) -> None:
    """Check ``split`` against its table of ``images`` and write it to the file ``target``, atomically.

    Raises:
        InputError: for a split that is not as `Split` says; nothing is written then.

    Examples:
        >>> import tempfile
        >>> from mgah.splits import draw_split, images_of
        >>> images = images_of(["ant", "bee", "cat"] * 10, np.arange(30))
        >>> split = draw_split(images, "zoo", "cat", ["cat"], training=10, queries=4, seen_queries=2, seed=0)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_split(f"{folder}/cat.json", split, images)
        ...     print(read_split(f"{folder}/cat.json", images).unseen)
        ('cat',)
    """
    check_split(split, images)
    content = {
        "dataset": split.dataset,
        "split": split.name,
        "seed": split.seed,
        "seen": list(split.seen),
        "unseen": list(split.unseen),
        "images": _fingerprint(images),
        "duplicates": split.duplicates,
        **({"balanced": True} if split.balanced else {}),
        "counts": split.counts(),
        **{part: getattr(split, part).tolist() for part in PARTS},
    }
    content["checksum"] = checksum(content)
    lines = (
        f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in content.items()
    )
    with atomic_path(target) as path:
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def read_split(source: Path | str, images: pd.DataFrame) -> Split:
    """Read a split from the file ``source`` and check it against ``images``, the table that it was drawn from.

    Raises:
        InputError: for a file that is damaged or was changed, that belongs to another table of images, or whose split
            is not as `Split` says.

    Examples:
        >>> import tempfile
        >>> from mgah.splits import draw_split, images_of
        >>> images = images_of(["ant", "bee", "cat"] * 10, np.arange(30))
        >>> split = draw_split(images, "zoo", "cat", ["cat"], training=10, queries=4, seen_queries=2, seed=0)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_split(f"{folder}/cat.json", split, images)
        ...     print(read_split(f"{folder}/cat.json", images).name)
        cat
    """
    content = read_json(source)
    try:
        split = _parse(content)
        if content["images"] != _fingerprint(images):
            raise InputError(f"{split} was drawn from another images table, with other paths or classes")
        check_split(split, images)
    except InputError as error:
        raise InputError(f"split file {source}: {error}; remove it and run again") from error
    return split


def checksum(content: dict[str, Any]) -> str:
    """Return the SHA-256 of a split file's content without its key ``checksum``, as canonical JSON.

    Examples:
        >>> checksum({"name": "cat"})[:8]
        '01564a5f'
    """
    rest = {key: value for key, value in content.items() if key != "checksum"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _parse(content: dict[str, Any]) -> Split:
    if set(content) - set(OPTIONAL) != set(TYPES):
        raise InputError(f"it has the keys {sorted(content)}, expected {sorted(TYPES)}")
    for key, value in content.items():
        expected = (TYPES | OPTIONAL)[key]
        if type(value) is not expected:
            raise InputError(f"{key} is a {type(value).__name__}, expected {expected.__name__}")
    if content["checksum"] != checksum(content):
        raise InputError("its checksum is wrong: it is damaged or was changed after it was written")
    split = Split(
        dataset=content["dataset"],
        name=content["split"],
        seed=content["seed"],
        seen=_names(content, "seen"),
        unseen=_names(content, "unseen"),
        duplicates=content["duplicates"],
        balanced=content.get("balanced", False),
        **{part: _ids(content, part) for part in PARTS},
    )
    if split.counts() != content["counts"]:
        raise InputError(f"{split} has {split.counts()} images, but its counts say {content['counts']}")
    return split


def _names(content: dict[str, Any], key: str) -> tuple[str, ...]:
    if not all(isinstance(name, str) for name in content[key]):
        raise InputError(f"{key} holds other things than class names: {content[key]}")
    return tuple(content[key])


def _ids(content: dict[str, Any], part: str) -> np.ndarray:
    if not all(type(value) is int and -1 <= value < 2**62 for value in content[part]):
        raise InputError(f"{part} holds other things than image ids")
    return np.array(content[part], dtype=np.int64)


def _fingerprint(images: pd.DataFrame) -> str:
    """SHA-256 of the paths and class names in id order; no pixels, as decoders differ in their last bit."""
    lines = (images["path"] + "\t" + images["class_name"]).tolist()
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
