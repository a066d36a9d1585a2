"""Finds in config files, and in ``--config``, what YAML would silently read otherwise than it looks.

Snakemake reads YAML 1.1: of a key that stands twice the last counts, 010 is 8, and 3:00 is 180. Light to import.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import yaml

from mgah.errors import InputError

_MAPPING, _SEQUENCE = yaml.MappingNode, yaml.SequenceNode
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|0b[01_]+)")


def check_files(files: Iterable[Path]) -> None:
    """Raise `InputError` for keys that stand twice in one of the ``files``, and numbers that YAML reads as others.

    The sentence names every fault, each with its key and line. Files that are no YAML are left to Snakemake.
    """
    faults = []
    for file in files:
        try:
            node = _composed(file)
        except (OSError, ValueError, yaml.YAMLError):
            continue
        try:
            faults += [f"{fault} ({file.name}, line {line})" for fault, line in _faults(node, ())]
        except RecursionError as error:
            raise InputError(
                f"config {file}: it is nested too deeply, or a part of it (*) is in itself (&): write it out"
            ) from error
    if faults:
        raise InputError("; ".join(faults))


def retyped(value: object) -> object:
    """Return what ``--config`` gave, with numbers in lists and mappings, of which Snakemake makes text, as numbers.

    Examples:
        >>> retyped(["8", "1.5", "three", "true"]), retyped("010")
        ([8, 1.5, 'three', True], '010')
    """
    if isinstance(value, list):
        return [retyped(_number(part)) for part in value]
    if isinstance(value, dict):
        return {key: retyped(_number(part)) for key, part in value.items()}
    return value


def named_modules(config: Mapping) -> list[str]:
    """Return the texts that a config's key ``modules`` lists, before its schema refuses all else.

    Examples:
        >>> named_modules({"modules": ["mine.py", 3]}), named_modules({"modules": None})
        (['mine.py'], [])
    """
    given = config.get("modules")
    return [module for module in given if isinstance(module, str)] if isinstance(given, list) else []


def check_readable(file: Path) -> None:
    """Raise `InputError` for a ``file`` that is no YAML with keys at its top level, with the line of the fault.

    Snakemake says less of it, and nothing at all with ``--quiet all``, as it has not read the Snakefile then.
    """
    try:
        node = _composed(file)
        yaml.safe_load(file.read_text(encoding="utf-8-sig"))  # tags such as !!python, which are refused, too
    except OSError as error:
        raise InputError(f"config {file} cannot be read ({error.strerror}): name a file that can") from error
    except UnicodeDecodeError as error:
        raise InputError(f"config {file} is no UTF-8 text (byte {error.start}): save it as UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or " ".join(str(error).split())
        raise InputError(f"config {file}{line}: it is no YAML ({problem}): correct it") from error
    if not isinstance(node, _MAPPING):
        raise InputError(
            f"config {file}: it has no keys at its top level, expected name, bits, seeds and others"
        )


def _composed(file: Path) -> yaml.Node | None:
    """The nodes of a file, None where it has none; errors are those of reading it and of YAML."""
    node: yaml.Node | None = yaml.compose(file.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    return node


def _is_odd(node: yaml.Node | None) -> bool:
    """Whether a node is an integer that YAML 1.1 reads as another than it looks: octal, or to the base of sixty."""
    is_integer = isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:int" and not node.style
    return is_integer and not _INTEGER.fullmatch(node.value)  # type: ignore[union-attr]


def _number(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value in ("true", "false"):
        return value == "true"
    if re.fullmatch(r"[-+]?(0|[1-9]\d*)", value):
        return int(value)
    if re.fullmatch(r"[-+]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][-+]?\d+)?", value):
        return float(value)
    return value


def _faults(node: yaml.Node | None, place: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Sentences and lines of the faults of a part of a file at the key ``place``."""
    if isinstance(node, _MAPPING):
        lines: dict[str, int] = {}
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in lines and name != "<<":
                words = (
                    f"config key {'.'.join([*place, name])}: it stands there twice, in line {lines[name]} as well, and "
                    "only the last would count: remove one"
                )
                yield words, line
            lines[name] = line
            yield from _faults(value, (*place, name))
    elif isinstance(node, _SEQUENCE):
        for number, value in enumerate(node.value):
            yield from _faults(value, (*place, str(number)))
    elif _is_odd(node):
        line = node.start_mark.line + 1  # type: ignore[union-attr]
        number = node.value  # type: ignore[union-attr]
        words = (
            f"config key {'.'.join(place)}: YAML reads {number} as {yaml.safe_load(number)}: write the number that is "
            "meant without leading zeros and colons, or text in quotes"
        )
        yield words, line
