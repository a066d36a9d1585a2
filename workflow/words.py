"""Checks the arguments that `mgah run` hands on to Snakemake for mistakes that Snakemake says nothing of.

With ``--quiet all`` Snakemake says nothing of what stops it before it has read the Snakefile, and of some options it
never says that they had no effect. Light to import.
"""

import argparse
import os
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from mgah.errors import InputError
from mgah.io.files import make_folder

#: What ``--config`` takes, as Snakemake reads it.
_ENTRY = re.compile(r"[a-zA-Z_][\w-]*\w=")


def check_words(words: Sequence[str], folder: Path) -> None:
    """Raise `InputError` for words that stop Snakemake in silence, or that it leaves out without a word.

    Args:
        words: the command line behind the config.
        folder: the folder that Snakemake is started in, from which it sees paths.
    """
    given, others = _parsed(words)
    if given.configfile:
        raise InputError(
            f"--configfile {given.configfile[0][0]}: mgah run takes one config, its first word, and this would be "
            "without effect: put what differs behind --config, or name files with snakemake --configfile"
        )
    for before, word in pairwise(["", *others]):
        # behind an option the word may be what the option takes
        if Path(word).suffix in (".yaml", ".yml") and not before.startswith("-"):
            raise InputError(
                f"{word}: mgah run takes one config, its first word, and all others are targets or options of "
                "Snakemake: run one config after the other"
            )
    if len(given.config) > 1:
        raise InputError(
            f"--config stands there {len(given.config)} times, and only the last would count: put all values behind one"
        )
    for entry in (entry for entries in given.config for entry in entries):
        if not _ENTRY.match(entry):
            raise InputError(
                f"--config {entry!r}: expected key=value, such as --config seeds=[0,1] name=trial"
            )
    if given.snakefile and not (folder / given.snakefile).is_file():
        raise InputError(f"--snakefile {given.snakefile}: there is no such file, seen from {folder}")
    if given.directory:
        _check_writable(folder / given.directory, "--directory")
    _check_writable(_cache(), "Snakemake's cache (set XDG_CACHE_HOME to a folder that can be written)")


def _parsed(words: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Those options of Snakemake that are compared, each with what it gets, and all other words."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--config", "-C", nargs="*", action="append", default=[])
    parser.add_argument("--configfile", "--configfiles", nargs="*", action="append", default=[])
    parser.add_argument("--snakefile", "-s")
    parser.add_argument("--directory", "-d")
    try:
        return parser.parse_known_args(list(words))
    except argparse.ArgumentError:  # an option without what it needs, which Snakemake tells
        return parser.parse_args([]), []


def _cache() -> Path:
    """The folder that Snakemake keeps copies of sources in."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "snakemake"


def _check_writable(folder: Path, what: str) -> None:
    try:
        make_folder(folder)
    except InputError as error:
        raise InputError(f"{what}: {error}") from error
    if not os.access(folder, os.W_OK):
        raise InputError(
            f"{what}: {folder} may not be written to: name another folder, or allow writing there"
        )
