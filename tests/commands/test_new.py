"""``mgah new``: files that run as they stand; docs/own-method.md and docs/own-dataset.md show them, and test them."""

import numpy as np
import pytest
import yaml

from mgah import registry
from mgah.checkout import checkout
from mgah.semantics.store import ClassSemantics
from workflow import settings, whole_run


def test_a_method_is_found_and_learns(mgah, tmp_path, monkeypatch):
    told = mgah("new", "method", "own_bits", "--folder", tmp_path)
    assert f"MGAH_MODULES={tmp_path / 'own_bits.py'} pytest" in told
    monkeypatch.setenv(registry.VARIABLE, str(tmp_path / "own_bits.py"))
    assert registry.find("methods", "own_bits").tags["label"] == "Own bits"
    features = np.random.default_rng(0).standard_normal((50, 12)).astype(np.float32)
    semantics = ClassSemantics(("a", "b"), np.eye(2))
    method = registry.build("methods", "own_bits", n_bits=8).fit(features, np.arange(50) % 2, semantics)
    np.testing.assert_array_equal(method.encode(features).sum(axis=0), np.zeros(8))


def test_a_dataset_is_found_and_reads_its_table(mgah, tmp_path, monkeypatch):
    mgah("new", "dataset", "zoo", "--folder", tmp_path)
    monkeypatch.setenv(registry.VARIABLE, str(tmp_path / "zoo.py"))
    dataset = registry.load("datasets", "zoo").example(tmp_path / "raw")
    assert dataset.classes == ("ant", "bee", "cat") and len(dataset.paths()) == 6
    assert dataset.load("1.png")[0, 0].tolist() == [40, 99, 7]


def test_a_config_is_valid_and_plans_its_jobs(mgah, tmp_path):
    mgah("new", "config", "own_run", "--folder", tmp_path)
    text = (tmp_path / "own_run.yaml").read_text()
    config = settings.checked(yaml.safe_load(text))
    assert config["name"] == "own_run"
    fits = [wildcards["method"] for rule, wildcards in whole_run.jobs(config) if rule == "fit"]
    assert sorted(fits) == sorted(2 * ["itq", "mgah", "random_codes", "sdh"])


@pytest.mark.parametrize("name", ["My-Method", "2nd", "class", "none", "on", "null", ""])
def test_a_name_that_python_cannot_import_is_refused(name, error, tmp_path):
    assert "expected small letters, digits and _" in error("new", "method", name, "--folder", tmp_path)


@pytest.mark.parametrize(
    ("kind", "name"), [("dataset", "image"), ("dataset", "path"), ("method", "hashing_method")]
)
def test_a_name_whose_class_the_file_imports_is_refused(kind, name, error, tmp_path):
    assert "which the file imports: give another name" in error("new", kind, name, "--folder", tmp_path)
    assert not list(tmp_path.iterdir())


def test_commands_and_configs_find_the_file_from_the_repository(mgah, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "my files/bits.py"
    told = mgah("new", "method", "bits", "--folder", "my files")
    assert f"MGAH_MODULES='{file}' pytest" in told and f"under modules: {file}, and" in told
    assert f"mgah run '{tmp_path}/my files/a.yaml'" in mgah("new", "config", "a", "--folder", "my files")


@pytest.mark.parametrize(("kind", "name"), [("method", "itq"), ("dataset", "cifar10")])
def test_a_name_that_a_component_has_is_refused(kind, name, error, tmp_path):
    line = error("new", kind, name, "--folder", tmp_path)
    assert f"{name}.py defines the {kind} '{name}' already: give another name" in line
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_stays(mgah, error, tmp_path):
    mgah("new", "config", "own", "--folder", tmp_path)
    (tmp_path / "own.yaml").write_text("mine")
    assert "is there already" in error("new", "config", "own", "--folder", tmp_path)
    assert (tmp_path / "own.yaml").read_text() == "mine"
    (tmp_path / "link.yaml").symlink_to("nowhere")
    assert "is there already" in error("new", "config", "link", "--folder", tmp_path)


@pytest.mark.parametrize(
    "kind, page, name", [("method", "own-method", "median_bits"), ("dataset", "own-dataset", "listed")]
)
def test_the_pages_show_these_files(kind, page, name, mgah, tmp_path):
    mgah("new", kind, name, "--folder", tmp_path)
    shown = (checkout() / f"docs/{page}.md").read_text()
    assert f"```python\n# my_{kind}s/{name}.py\n{(tmp_path / f'{name}.py').read_text()}```" in shown
