"""Code fingerprints: what a module imports counts, comments and layout do not."""

import pytest

from workflow import fingerprint

FILES = {
    "mgah/__init__.py": "",
    "mgah/shared.py": "import os\n\ndef base():\n    return 1\n",
    "mgah/stage/__init__.py": "",
    "mgah/stage/near.py": "def near():\n    return 3\n",
    "mgah/stage/job.py": "import mgah.shared\n\ndef job():\n    from .near import near\n    return near()\n",
    "baselines/__init__.py": "",
    "baselines/itq.py": "import mgah.shared as shared\n\ndef fit():\n    return shared.base()\n",
    "baselines/alone.py": "def fit():\n    return 2\n",
}


@pytest.fixture
def repository(tmp_path, monkeypatch):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(fingerprint, "ROOT", tmp_path)
    forget()
    yield tmp_path
    forget()


def forget():
    """Files are read once in a run; here they change."""
    fingerprint._digest.cache_clear()
    fingerprint.code.cache_clear()


ENTRIES = ("mgah/stage/job.py", "baselines/itq.py", "baselines/alone.py")


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
        ("mgah/stage/near.py", "return 3", "return 4", {"mgah/stage/job.py"}),
        ("mgah/stage/__init__.py", "", "x = 1\n", {"mgah/stage/job.py"}),
        ("baselines/itq.py", "shared.base()", "-shared.base()", {"baselines/itq.py"}),
        ("baselines/alone.py", "return 2", "return 2.0", {"baselines/alone.py"}),
        ("baselines/__init__.py", "", "x = 1\n", {"baselines/itq.py", "baselines/alone.py"}),
    ],
)
def test_an_edit_changes_the_fingerprints_of_what_imports_it(repository, name, old, new, expected):
    assert changed_by(repository, name, old, new) == expected


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


def test_every_stage_of_this_repository_has_one():
    stages = (
        "data",
        "splits",
        "pretraining",
        "features",
        "semantics",
        "leaks",
        "hashing",
        "evaluation",
        "report",
    )
    assert len({fingerprint.code(f"mgah/{stage}/__main__.py") for stage in stages}) == len(stages)


def test_imports_are_followed_through_others(repository):
    forget()
    assert fingerprint.imports("mgah/stage/job.py", "mgah/stage/near.py")
    assert fingerprint.imports("baselines/itq.py", "mgah/shared.py")
    assert not fingerprint.imports("baselines/alone.py", "mgah/shared.py")
