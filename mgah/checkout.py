"""The folder of the repository that Python uses, and the configs in it; a wheel has neither."""

import importlib
import sys
from pathlib import Path
from typing import Any

from mgah.errors import InputError
from mgah.io.folders import restore
from mgah.near import near

_ROOT = Path(__file__).resolve().parents[1]
_CONFIGS = "workflow/config"


def checkout() -> Path:
    """Return the folder that holds the Snakefile.

    Raises:
        InputError: where the package was installed without the workflow.
    """
    if not (_ROOT / "Snakefile").is_file():
        raise InputError(
            f"the workflow is not part of this installation ({_ROOT}): clone the repository, and install it there "
            "with pip install -e ."
        )
    return _ROOT


def is_here() -> bool:
    """Say whether Python works in the folder of the repository, which files in configs are relative to."""
    return Path.cwd() == _ROOT


def config_names() -> list[str]:
    """Return the short names of the configs that come with the repository, sorted; none with a wheel."""
    files = (_ROOT / _CONFIGS).glob("*.yaml")
    return sorted(file.stem for file in files if file.stem != "schema")


def config_file(config: str) -> Path:
    """Return the config file that is named by its path or, if there is no such file, by its short name.

    Raises:
        InputError: where there is neither.
    """
    if Path(config).is_file():
        return Path(config).resolve()
    if config in config_names():
        return _ROOT / _CONFIGS / f"{config}.yaml"
    known = ", ".join(config_names()) or "none, as the workflow is not part of this installation"
    raise InputError(
        f"there is no config file {config}: expected a file, or the short name of one that comes along ({known})"
        f"{near(config, config_names())}"
    )


def run_folder(run: str) -> Path:
    """Return the folder of results that is named by its path or, if there is no such folder, by the run's name.

    Raises:
        InputError: where there is neither.
    """
    for folder in (Path(run), _ROOT / "results" / run):
        restore(folder)
        if folder.is_dir():
            return folder
    raise InputError(f"there is no run {run}: expected a folder results/NAME, or the NAME of one")


def workflow_module(name: str) -> Any:
    """Import the module ``name`` of the workflow, which is no part of the package."""
    if str(checkout()) not in sys.path:
        sys.path.insert(0, str(checkout()))
    return importlib.import_module(f"workflow.{name}")
