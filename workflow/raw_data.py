"""The state of raw data as a param of jobs, as Snakemake does not see changes of files that are no inputs.

Light to import: which files components read is taken from their source.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from mgah import registry
from mgah.errors import InputError
from mgah.io.downloaded import is_marked
from mgah.io.names import is_own
from mgah.io.walk import walk
from workflow.components import dataset_module, source_of


def state(
    data_dir: str, *named: object, weights: str | None = None, known: dict[Path, list] | None = None
) -> list:
    """Return the path of the data folder, and the state of each file and folder that ``named`` and ``weights`` name.

    The state of a file is its path, size and modification time (ns). That of a folder is its path and a digest of the
    names, sizes and times of all files in it and of the names of its folders, at any depth and through links, without
    hidden ones and those of operating systems. Files that the project downloaded do not count, present or not:
    otherwise the download of a job would make it run again. No file is opened but the marks of downloads, and none
    needs to exist. A folder of 60,000 images takes about half a second.

    Args:
        data_dir: the data folder. An absolute path counts with its links resolved, a relative one as it is written, so
            that a run and its data may be moved together.
        named: blocks of the config, and `declared` paths. Any text in them, at any depth, that is the path of a file or
            folder, relative to the data folder or absolute, counts.
        weights: file or folder of weights. A file counts, and its card. A folder does not, as only the published file
            is read from it, which is compared with the checksum in its name.
        known: states of paths that were read before, which gets those that are read; None to read all.
    """
    folder, known = Path(data_dir), {} if known is None else known
    texts = {text for text in _texts(named) if text}
    if weights and os.path.isfile(folder / weights):
        texts |= {weights, str(Path(weights).with_suffix(".json"))}
    for text in texts:
        if folder / text not in known:
            known[folder / text] = _state(folder / text)
    states = ([text, *known[folder / text]] for text in sorted(texts))
    place = os.path.realpath(folder) if folder.is_absolute() else str(folder)
    return [place, *(found for found in states if len(found) > 1)]


def check(config: dict) -> None:
    """Raise `InputError` for a dataset or semantics source of the config that does not declare which paths it reads."""
    for dataset, block in config["datasets"].items():
        declared("datasets", dataset_module(config, dataset))
        for semantics in block["semantics"]:
            declared("semantics", source_of(config, dataset, semantics)[0])


def of_dataset(config: dict, dataset: str) -> list:
    """Return what names the raw data of the config's ``dataset``, as `state` takes it."""
    return [
        declared("datasets", dataset_module(config, dataset)),
        config["datasets"][dataset].get("options", {}),
    ]


def of_semantics(config: dict, dataset: str, semantics: str) -> list:
    """Return what names the raw data of a dataset's ``semantics``, as `state` takes it: nothing for shipped ones."""
    source, options = source_of(config, dataset, semantics)
    return [] if "builtin" in options else [declared("semantics", source), options]


def of_pretraining(config: dict, name: str) -> str:
    """Return the folder of images that the config's pretraining ``name`` reads."""
    return config["pretraining"][name].get("folder", "imagenet/train")


def declared(kind: str, name: str) -> tuple[str, ...]:
    """Return the paths in the data folder that the dataset or semantics source ``name`` declares it may read.

    Raises:
        InputError: where its class does not give them as literals.
    """
    component = registry.find(kind, name)
    paths = component.tags.get("raw_files")
    if not isinstance(paths, tuple) or not all(isinstance(path, str) for path in paths):
        raise InputError(
            f"{component.file}: raw_files of {name} is computed or no tuple of text, expected paths in the data folder "
            "that are written out, as text or names of text"
        )
    return paths


def _state(path: Path) -> list:
    """State of one path; empty where nothing exists or where it was downloaded."""
    if os.path.isdir(path):  # false for text that can be no path
        return _digest(path)
    if not os.path.isfile(path) or is_marked(path):
        return []
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def _digest(top: Path) -> list[str]:
    """Digest of all that lies in the folder ``top``; empty where nothing does."""
    digest, empty = hashlib.sha256(), True
    for above, files, folders, leads_back in walk(top, _inside):
        if leads_back:  # which the readers refuse
            continue
        empty = empty and not files and not folders
        digest.update(json.dumps([above, files, folders]).encode())
    return [] if empty else [digest.hexdigest()[:16]]


def _inside(folder: Path) -> tuple[tuple[int, int], list[tuple[str, int, int]], list[str]]:
    """What identifies ``folder``, the names, sizes and times of the files in it, and the names of its folders.

    What cannot be listed or looked at is left out: the jobs that read it say so.
    """
    files, folders = [], []
    try:
        status = folder.stat()
        with os.scandir(folder) as scanned:
            entries = {entry.name: entry for entry in scanned}
    except OSError:
        return (0, 0), [], []
    for name in sorted(filter(is_own, entries)):
        entry = entries[name]
        try:
            if entry.is_dir():
                folders.append(name)
            elif f".{name}.downloaded" not in entries or not is_marked(folder / name):
                found = entry.stat()
                files.append((name, found.st_size, found.st_mtime_ns))
        except OSError:  # a link that leads nowhere, or a file that is being removed
            continue
    return (status.st_dev, status.st_ino), files, folders


def _texts(value: object) -> Iterator[str]:
    """All texts in nested mappings and sequences, without keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
