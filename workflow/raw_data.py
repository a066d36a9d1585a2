"""What stands for raw data among a job's params: Snakemake sees no change of files that are no inputs.

Light to import: what components read is known from their source.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from mgah import registry
from mgah.errors import InputError
from mgah.io.downloaded import is_marked
from workflow.components import dataset_module, source_of


def state(data_dir: str, *named: object, weights: str | None = None) -> list:
    """The data folder, and the state of each file and folder in it that ``named`` and ``weights`` name.

    That of a file is its path, size and modification time (ns); that of a folder is its path and a digest of names,
    sizes and times of what lies in it directly, hidden files left out. What the project downloaded itself does not
    count, there or not: else a job's own download would run it again.

    Args:
        data_dir: an absolute path counts without its links, a relative one as it is written, so a run and its data
            may be moved together.
        named: blocks of the config and `declared` paths; any text in them, at any depth, that is the path of a file or
            folder in the data folder (or of one elsewhere) counts.
        weights: a file counts, and its card; a folder does not, as only the published file is read from it, and
            compared with the checksum in its name.

    No file is opened but the marks of downloads, and nothing needs to be there.
    """
    folder = Path(data_dir)
    texts = {text for text in _texts(named) if text}
    if weights and os.path.isfile(folder / weights):
        texts |= {weights, str(Path(weights).with_suffix(".json"))}
    states = ([text, *_state(folder / text)] for text in sorted(texts))
    place = os.path.realpath(folder) if folder.is_absolute() else str(folder)
    return [place, *(found for found in states if len(found) > 1)]


def check(config: dict) -> None:
    """Raise `InputError` where the paths that a dataset or a source of the config reads are not known."""
    for dataset, block in config["datasets"].items():
        declared("datasets", dataset_module(config, dataset))
        for semantics in block["semantics"]:
            declared("semantics", source_of(config, dataset, semantics)[0])


def of_dataset(config: dict, dataset: str) -> list:
    """What names the raw data of a dataset of the config."""
    return [
        declared("datasets", dataset_module(config, dataset)),
        config["datasets"][dataset].get("options", {}),
    ]


def of_semantics(config: dict, dataset: str, semantics: str) -> list:
    """What names the raw data of class semantics of the config, none for semantics that are shipped."""
    source, options = source_of(config, dataset, semantics)
    return [] if "builtin" in options else [declared("semantics", source), options]


def of_pretraining(config: dict, name: str) -> str:
    """The folder of images that a pretraining of the config reads."""
    return config["pretraining"][name].get("folder", "imagenet/train")


def declared(kind: str, word: str) -> tuple[str, ...]:
    """Paths in the data folder that a component, a dataset or a source of semantics, says that it may read.

    Raises:
        InputError: where its source does not write them out.
    """
    component = registry.find(kind, word)
    paths = component.tags.get("raw_files")
    if not isinstance(paths, tuple) or not all(isinstance(path, str) for path in paths):
        raise InputError(
            f"{component.file}: raw_files of {word} is computed or no tuple of text, expected paths in the data folder "
            "that are written out, as text or names of text"
        )
    return paths


def _state(path: Path) -> list:
    """What stands for one path, nothing where nothing is or what is there was downloaded."""
    if os.path.isdir(path):  # false for text that can be no path
        entries = [entry for entry in sorted(path.iterdir()) if entry.name[0] != "." and entry.exists()]
        stamps = [[entry.name, *_stamp(entry)] for entry in entries if not is_marked(entry)]
        return [hashlib.sha256(json.dumps(stamps).encode()).hexdigest()[:16]] if stamps else []
    return _stamp(path) if os.path.isfile(path) and not is_marked(path) else []


def _stamp(path: Path) -> list[int]:
    """Size (of a file) and modification time (ns)."""
    status = path.stat()
    return [*([] if path.is_dir() else [status.st_size]), status.st_mtime_ns]


def _texts(value: object) -> Iterator[str]:
    """All texts in nested mappings and sequences, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
