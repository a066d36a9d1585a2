"""Checks of the options of a source, and the files and folders that they name."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mgah.errors import InputError
from mgah.io.files import read_json
from mgah.io.names import composed

_PACKAGE = Path(__file__).parent
#: The words by which figures know a note that says whose place other vectors take.
STANDS_IN = "a stand-in for Google News word2vec"
_KINDS = {str: "text", int: "an integer of 1 or more", dict: "a mapping of text to text"}


def check_options(
    source: str, options: Mapping[str, object], kinds: Mapping[str, type], one_of: Sequence[str] = ()
) -> None:
    """Refuse options that ``source`` does not have or of another kind than ``kinds`` says (str, int or dict).

    Of the options ``one_of`` exactly one must be given.
    """
    unknown = sorted(set(options) - set(kinds))
    if unknown:
        raise InputError(f"{source} has no options {unknown}: expected some of {', '.join(kinds)}")
    for name, value in options.items():
        if not _is(value, kinds[name]):
            raise InputError(f"{source}: option {name} is {value!r}, expected {_KINDS[kinds[name]]}")
    given = [name for name in one_of if name in options]
    if one_of and len(given) != 1:
        raise InputError(
            f"{source}: got the options {given or 'none'}, expected exactly one of {', '.join(one_of)}"
        )


def _is(value: object, kind: type) -> bool:
    if kind is int:
        return type(value) is int and value >= 1
    if kind is str:
        return isinstance(value, str) and bool(value)
    return isinstance(value, Mapping) and all(_is(text, str) for item in value.items() for text in item)


def by_class(source: str, option: str, named: Mapping[str, str], classes: Sequence[str]) -> dict[str, str]:
    """What an ``option`` gives for some of the ``classes``, under their own names; names are compared as `composed`.

    An option that names classes which the dataset does not have is refused: it would be ignored in silence.
    """
    own = {composed(name): name for name in classes} | {name: name for name in classes}
    places = {name: own.get(name) or own.get(composed(name)) for name in named}
    unknown = sorted(name for name, place in places.items() if place is None)
    if unknown:
        raise InputError(
            f"{source}: {option} names the classes {unknown}, which the dataset does not have: "
            f"it has {list(classes)}"
        )
    return {place: named[name] for name, place in places.items() if place is not None}


def data_path(source: str, option: str, value: str, data_dir: Path | str | None) -> Path:
    """The path in the data folder that an option names; an `InputError` where nothing is there."""
    path = Path(value)
    if data_dir is None and not path.is_absolute():
        raise InputError(f"{source}: {option} {value} is relative to the data folder, but none was given")
    path = Path(data_dir or "") / path
    if not path.exists():
        raise InputError(
            f"{source}: {path} does not exist: put it there, or set {option} to its path in the data folder"
        )
    return path


def builtin_folder(source: str, name: str) -> Path:
    """The folder of the class semantics that are shipped for the dataset ``name``; an `InputError` for any other."""
    found = sorted(path.parent.name for path in _PACKAGE.glob("*/provenance.json"))
    if name not in found:
        raise InputError(f"{source}: builtin is {name!r}, expected one of {', '.join(found)}")
    return _PACKAGE / name


def builtin_classes(name: str) -> tuple[str, ...]:
    """Class names of the semantics that are shipped for the dataset ``name``.

    Examples:
        >>> builtin_classes("digits")[:3]
        ('zero', 'one', 'two')
    """
    lines = (builtin_folder("builtin", name) / "classes.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.split()[-1] for line in lines)


def builtin_notes(folder: Path, file: str) -> list[str]:
    """The sentences that belong beside every number made from a shipped file, as its provenance lists them."""
    return read_json(folder / "provenance.json")[file]["notes"]
