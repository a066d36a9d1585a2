"""What a run reads from outside and does not find: one list of everything, before the first job.

Datasets, backbones and sources of semantics list what they need without opening any file; whether a file is intact is
checked by the job that reads it. What the project downloads itself is missing only where its host cannot be reached.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from mgah import registry
from mgah.errors import InputError
from mgah.io.files import as_found
from mgah.needs import Need

#: Seconds to wait for a host's first answer.
TIMEOUT = 5


def collect(wanted: Mapping[str, list]) -> tuple[list[Need], list[str]]:
    """The needs of what a run uses, and the errors of what cannot even be imported.

    Args:
        wanted: lists of arguments: ``datasets`` (word, options), ``backbones`` (word, weights, options),
            ``semantics`` (word, options), ``pretraining`` (folder,), ``leaks`` (none) and ``modules`` (kind, word):
            methods and outputs from outside, which read nothing and are only imported.
    """
    askers: dict[str, Callable[..., Iterable[Need]]] = {
        "datasets": _of_dataset,
        "backbones": _of_backbone,
        "semantics": _of_source,
        "pretraining": _of_pretraining,
        "leaks": _of_leaks,
        "modules": _of_module,
    }
    needs: list[Need] = []
    errors: list[str] = []
    for kind, calls in wanted.items():
        for arguments in calls:
            try:
                needs += askers[kind](*arguments)
            except InputError as error:
                errors.append(str(error))
    return list(dict.fromkeys(needs)), list(dict.fromkeys(errors))


def _of_dataset(word: str, options: dict) -> Iterable[Need]:
    registry.check_options("datasets", word, options)
    return registry.load("datasets", word).needs(**options)


def _of_backbone(word: str, weights: str | None, options: Mapping = MappingProxyType({})) -> Iterable[Need]:
    return registry.load("backbones", word).needs(weights, **options)


def _of_source(word: str, options: dict) -> Iterable[Need]:
    return registry.build("semantics", word, **options).needs()


def _of_pretraining(folder: str) -> Iterable[Need]:
    from mgah.datasets.imagenet import TRAINING_IMAGES

    return [replace(TRAINING_IMAGES, places=(folder,))]


def _of_leaks() -> Iterable[Need]:
    from mgah.semantics.corpus import wordnet_need

    return [wordnet_need()]


def _of_module(kind: str, word: str) -> Iterable[Need]:
    registry.load(kind, word)
    return []


def check(needs: Iterable[Need], errors: Iterable[str], data_dir: Path) -> list[str]:
    """What the run will download, one sentence each.

    Raises:
        InputError: where something else is missing or cannot be used, with all of it.
    """
    needs = list(needs)
    lacking = [need for need in needs if not need.is_met(data_dir)]
    errors = [*errors, *(fault for need in needs if need not in lacking and (fault := need.fault(data_dir)))]
    there = data_dir.is_dir()  # a mistyped folder is not to be made and filled by downloads
    reachable = {host: there and _answers(host) for host in {_host(need) for need in lacking if need.url}}
    missing = [need for need in lacking if not need.url or not reachable[_host(need)]]
    if missing or errors:
        state = "" if there else f", which {as_found(data_dir)}"
        raise InputError(
            "files are missing or cannot be used, nothing was run. Data folder: "
            f"{data_dir.absolute()}{state} (the environment variable MGAH_DATA, or data_dir in the config, names "
            "another)",
            [f"- {item}" for item in (*missing, *errors)],
        )
    return [f"{need.what} ({need.size}) will be downloaded from {need.url}" for need in lacking]


def _host(need: Need) -> str:
    parts = urlsplit(need.url)
    return f"{parts.scheme}://{parts.netloc}"


def _answers(host: str) -> bool:
    import requests

    try:
        requests.head(host, timeout=TIMEOUT)
    except requests.RequestException:
        return False
    return True
