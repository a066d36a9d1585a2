"""What `mgah` gives on demand, and the scripts that begin with it."""

import ast
import importlib.metadata
import runpy
from pathlib import Path

import numpy as np
import pytest

import mgah
from mgah import registry
from mgah.methods.codes import Codes, pack, write_codes

ROOT = Path(mgah.__file__).parents[1]
EXAMPLES = ROOT / "docs/examples"


def test_the_package_gives_every_method_and_the_stub_names_the_same():
    stub = ast.parse((ROOT / "mgah/__init__.pyi").read_text())
    imported = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    promised = {alias.asname: node.module for node in imported for alias in node.names}
    shipped = [registry.find("methods", name) for name in registry.names("methods")]
    methods = {found.attribute: found.module for found in shipped if found.place is None}
    assert promised == methods | mgah._PLACES
    assert set(promised) <= set(dir(mgah))
    for name in ("ITQ", "SDH", *mgah._PLACES):
        module = __import__(promised[name], fromlist=[name])
        assert getattr(mgah, name) is getattr(module, name)


def test_a_name_that_there_is_not_is_refused_and_modules_are_found():
    with pytest.raises(ImportError, match="cannot import name 'LSHX'"):
        from mgah import LSHX  # noqa: F401
    with pytest.raises(AttributeError, match="module 'mgah' has no attribute 'no_such'"):
        mgah.no_such  # noqa: B018
    from mgah import seeds

    assert seeds.__name__ == "mgah.seeds"


def test_the_package_tells_its_version():
    assert mgah.__version__ == importlib.metadata.version("mgah-benchmark")


def test_importing_the_package_imports_nothing_of_it():
    tree = ast.parse((ROOT / "mgah/__init__.py").read_text())
    modules = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert modules == ["importlib"] and not any(isinstance(node, ast.ImportFrom) for node in ast.walk(tree))


@pytest.mark.slow
def test_arrays_are_trained_on_and_scored_as_the_example_shows(capsys):
    found = runpy.run_path(str(EXAMPLES / "train_and_score.py"))
    lines = capsys.readouterr().out.splitlines()
    assert found["score"](found["itq"]) > 0.3 and lines[-1] == "the same codes: True"
    assert any(line.startswith("MGAH(n_bits=32, delta=") for line in lines)


def test_splits_are_drawn_as_the_example_shows():
    found = runpy.run_path(str(EXAMPLES / "draw_splits.py"))
    unseen = sorted(name for split in found["splits"] for name in split.unseen)
    assert unseen == sorted(set(found["names"]))
    assert all(0.1 < value < 1 for value in found["found"]) and found["low"] < np.mean(found["found"])


def test_the_codes_of_a_run_are_scored_as_the_example_shows(tmp_path, monkeypatch, capsys, random_codes):
    codes, labels = random_codes(np.random.default_rng(0), 120, 12)
    part, ids = slice(0, 20), np.arange(120)
    cell = {"label": "ITQ", "split": "cat", "bits": 12}
    stored = Codes(
        query_codes=pack(codes[part]),
        query_ids=ids[part],
        query_labels=labels[part],
        database_codes=pack(codes[20:]),
        database_ids=ids[20:],
        database_labels=labels[20:],
        seen_query_ids=ids[20:25],
        class_names=("cat", "dog", "gnu"),
        n_bits=12,
        cell=cell,
    )
    write_codes(tmp_path / "12.npz", stored)
    monkeypatch.setattr("sys.argv", ["score_a_run.py", str(tmp_path / "12.npz")])
    runpy.run_path(str(EXAMPLES / "score_a_run.py"))
    lines = capsys.readouterr().out.splitlines()
    expected = mgah.mean_average_precision(codes[part], labels[part], codes[20:], labels[20:])
    assert lines[:1] == ["ITQ on the split cat with 12 bits"] and lines[1].startswith(f"mAP {expected:.4f}, ")


def test_the_example_without_a_run_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["score_a_run.py"])
    with pytest.raises(SystemExit, match=r"no codes below results/small: run small.yaml first, or pass"):
        runpy.run_path(str(EXAMPLES / "score_a_run.py"))
