"""Says that memory or disk ran out: how much was asked for, and which parameter sets that."""

import os
import re
import sysconfig
import tempfile
import traceback
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping
from math import prod
from pathlib import Path
from types import TracebackType

from mgah.io.space import free_bytes, full, is_full, no_files

#: How libraries say that memory ran out, where they raise no `MemoryError`: torch on a CPU and on a GPU, and C++.
_OUT_OF_MEMORY = re.compile(r"can't allocate memory|out of memory|bad_alloc|Cannot allocate memory", re.I)
#: Bytes that torch says it asked for.
_BYTES = re.compile(r"tried to allocate (\d+) bytes", re.I)
#: Integers among parameters and arguments that set no size.
_NO_SIZES = {"seed", "random_state", "split_seed", "epochs", "steps", "iterations", "trials", "draws"}


def sentence(error: BaseException) -> str | None:
    """Return one sentence on an ``error`` that came of a lack of memory or disk; None for any other."""
    if is_full(error):
        return _disk(error)
    if isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError | OSError) and _OUT_OF_MEMORY.search(str(error))
    ):
        return _memory(error)
    return None


def full_disks(reason: str, places: Iterable[Path | str]) -> str:
    """Return one sentence that a disk is full, for the ``reason`` that was given, with the free bytes of ``places``."""
    free = ", ".join(
        f"{free_bytes(Path(place)):,} bytes{no_files(place)} are free in {place}"
        for place in dict.fromkeys(places)
    )
    return f"a disk is full ({reason}): {free}; make room, or set TMPDIR to another folder"


def _disk(error: BaseException) -> str:
    if isinstance(error, OSError) and error.filename:
        return full(os.fsdecode(error.filename), error)
    return full_disks(str(error).splitlines()[0], [Path.cwd(), Path(tempfile.gettempdir())])


def _memory(error: BaseException) -> str:
    asked = str(error).strip().split("\n")[0] or "no size is known"
    sizes = _sizes(error.__traceback__)
    guilty = _guilty(error, sizes) or sizes
    names = ", ".join(
        f"{name} = {value:,}" for name, value in sorted(guilty.items(), key=lambda item: -item[1])
    )
    return (
        f"memory ran out ({asked}) {_place(error)}: its size is set by {names or 'the number and size of the images'}; "
        "make that smaller, run fewer jobs at once (--cores), or take a machine with more memory"
    )


def _guilty(error: BaseException, sizes: Mapping[str, int]) -> dict[str, int]:
    """Those of ``sizes`` that are in the shape, or divide the number of bytes, that could not be had."""
    shape = getattr(error, "shape", ())  # of NumPy's error
    if in_shape := {name: value for name, value in sizes.items() if value in shape}:
        return in_shape
    found = _BYTES.search(str(error))
    whole = prod(shape) if shape else int(found[1]) if found else 1
    fitting = {name: value for name, value in sizes.items() if value > 16 and whole % value == 0}
    # what divides another one says nothing of its own
    return {
        name: value
        for name, value in fitting.items()
        if not any(other != value and other % value == 0 for other in fitting.values())
    }


def _sizes(trace: TracebackType | None) -> dict[str, int]:
    """Whole numbers above 1 among the arguments and parameters of the functions at work, by name."""
    found: dict[str, int] = {}
    for frame, _ in traceback.walk_tb(trace):
        for value in frame.f_locals.values():
            for name, number in _parameters(value):
                if isinstance(number, int) and number > 1 and name not in _NO_SIZES:
                    found[name] = number
    return found


def _parameters(value: object) -> Iterator[tuple[str, object]]:
    """Parameters of a method, or arguments of a command and what they hold as JSON."""
    if isinstance(value, Namespace):
        for name, argument in vars(value).items():
            if isinstance(argument, dict):
                yield from argument.items()
            elif isinstance(argument, list):
                yield from ((name, part) for part in argument)
            else:
                yield name, argument
    elif hasattr(value, "get_params") and not isinstance(value, type):
        yield from value.get_params().items()


def _place(error: BaseException) -> str:
    """Where this project, or a module of the user's own, asked for the memory."""
    frames = traceback.extract_tb(error.__traceback__)
    libraries = tuple(map(os.path.realpath, (sysconfig.get_path("purelib"), sysconfig.get_path("stdlib"))))
    own = [
        frame
        for frame in frames
        if os.path.isfile(frame.filename) and not os.path.realpath(frame.filename).startswith(libraries)
    ]
    return f"in {Path(own[-1].filename).name}, line {own[-1].lineno}" if own else "here"
