"""A run of a method, a control and a dataset from files outside the project: planned, computed, re-planned, refused.

The dataset downloads a file into the data folder.
"""

import http.server
import json
import os
import re
import threading
from functools import partial

import pandas as pd
import pytest
import yaml

from tests.workflow.conftest import copy_sources, snakemake

pytestmark = pytest.mark.long

METHOD = """
from typing import ClassVar
from mgah.methods.base import HashingMethod, signs


class Own(HashingMethod):
    label = "{label}"
    control: ClassVar[bool] = {control}

    def __init__(self, *, n_bits: int = 8, random_state: int = 0) -> None:
        self.n_bits, self.random_state = n_bits, random_state

    def _fit(self, features, labels, semantics) -> None:
        self.cut_ = features[:, : self.n_bits].mean(axis=0)

    def _encode(self, features):
        return signs(features[:, : self.n_bits] - self.cut_)
"""
DATASET = """
from mgah.datasets.digits import Digits
from mgah.io.downloads import download

FILE = "scans.txt"


class Scans(Digits):
    source = "the digits of scikit-learn"
    raw_files = (FILE,)

    def __init__(self, root, *, url=None):
        super().__init__(root)
        download(url, root / FILE)
"""
CONFIG = {
    "name": "outside",
    "seeds": [0],
    "bits": [8],
    "datasets": {
        "scans": {
            "training": 200,
            "queries": 50,
            "seen_queries": 50,
            "splits": ["three"],
            "semantics": {"word2vec": {"builtin": "digits"}},
        }
    },
    "experiments": [{"dataset": "scans", "backbone": "pixels", "semantics": "word2vec"}],
    "methods": {"itq": {}, "own": {}, "own_control": {}},
    "comparison": {"reference": "own"},
    "outputs": {"tables": ["significance"], "figures": []},
}
FITTED = {"fit": 1, "score_codes": 1}


def write(folder):
    """The modules and a config that names them."""
    files = {
        "own.py": METHOD.format(label="Own", control=False),
        "own_control.py": METHOD.format(label="Own control", control=True),
        "scans.py": DATASET,
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    options = {"options": {"url": (folder / "url").read_text()}}
    datasets = {"scans": CONFIG["datasets"]["scans"] | options}
    write_config(folder, CONFIG | {"datasets": datasets, "modules": [str(folder / name) for name in files]})


def write_config(folder, config):
    (folder / "outside.yaml").write_text(yaml.safe_dump(config))


def call(folder, *arguments):
    command = [*arguments, "--cores", "2", "--configfile", str(folder / "outside.yaml")]
    return snakemake(folder / "repository", *command, MGAH_DATA=str(folder / "data"), no_proxy="*")


def planned(folder):
    """Jobs of a dry run by rule, without those that only join and show what others computed."""
    status, output = call(folder, "-n")
    assert status == 0, output
    if "Nothing to be done" in output:
        return {}
    rows = re.findall(r"^(\w+)\s+(\d+)$", output.split("Job stats:")[1].split("Select")[0], flags=re.M)
    showing = ("total", "all", "collect_", "render_")
    return {rule: int(count) for rule, count in rows if not rule.startswith(showing)}


def error_lines(output, words):
    """The lines of ``output`` with ``words`` in them."""
    return [line for line in output.splitlines() if words in line]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A folder with the modules, and a finished run of them in ``repository``."""
    folder = tmp_path_factory.mktemp("outside")
    copy_sources(folder / "repository")
    for name in ("data", "served"):
        (folder / name).mkdir()
    (folder / "served/scans.txt").write_text("published")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=folder / "served")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (folder / "url").write_text(f"http://127.0.0.1:{server.server_port}/scans.txt")
        write(folder)
        status, output = call(folder)
        server.shutdown()
    assert status == 0, output[-5000:]
    assert re.search(r"^fit +3$", output, flags=re.M)
    return folder


@pytest.fixture
def modules(run):
    """The folder of the finished run, whose modules and config are put back after a test."""
    yield run
    write(run)


@pytest.fixture
def raw_data(run):
    """The file that the run downloaded, which is put back after a test."""
    file, now = run / "data/scans.txt", os.stat(run / "data/scans.txt")
    assert file.read_text() == "published"
    yield file
    file.write_text("published")
    os.utime(file, ns=(now.st_mtime_ns, now.st_mtime_ns))


@pytest.mark.parametrize("change", ["date", "size"])
def test_raw_data_that_is_replaced_is_read_again(run, raw_data, change):
    now = os.stat(raw_data)
    if change == "size":
        raw_data.write_text("replaced by another file")
    os.utime(raw_data, ns=(now.st_mtime_ns, now.st_mtime_ns + (change == "date")))
    jobs = planned(run)
    assert jobs["index_images"] == jobs["extract_features"] == 1 and jobs["fit"] == 3


def test_a_finished_run_of_modules_from_outside_plans_nothing_though_it_downloaded_its_data(modules):
    """Nor does a comment in a module change that, nor raw data that was replaced and put back."""
    text = (modules / "own.py").read_text()
    (modules / "own.py").write_text(text.replace("class Own", "# a comment\nclass Own"))
    assert planned(modules) == {}


def test_paths_of_raw_data_that_are_computed_are_one_sentence_at_the_dry_run(modules):
    (modules / "scans.py").write_text(DATASET.replace("(FILE,)", "tuple([FILE])"))
    status, output = call(modules, "-n")
    assert status and "Traceback" not in output
    (line,) = error_lines(output, "raw_files")
    assert f"{modules / 'scans.py'}: raw_files of scans is computed or no tuple of text" in line


def test_editing_a_method_from_outside_fits_it_alone_again(modules):
    text = (modules / "own.py").read_text()
    (modules / "own.py").write_text(text.replace(".mean(", ".max("))
    jobs = planned(modules)
    assert {rule: jobs.pop(rule) for rule in FITTED} == FITTED
    assert set(jobs) <= {"compare"}


def test_editing_a_dataset_from_outside_indexes_it_again(modules):
    (modules / "scans.py").write_text(DATASET + "    steps = 15\n")
    jobs = planned(modules)
    assert jobs["index_images"] == jobs["extract_features"] == 1 and jobs["fit"] == 3


def test_a_control_from_outside_is_measured_and_not_judged(run):
    table = pd.read_csv(run / "repository/results/outside/comparisons.csv", keep_default_na=False)
    summaries = table[table["split"] == ""].set_index("method")
    assert summaries["family"].to_dict() == {"itq": "yes", "own_control": "no"}
    assert summaries["verdict"].to_dict() == {"itq": "undecided", "own_control": ""}


def test_a_module_that_is_no_python_is_one_sentence_with_its_path_at_the_dry_run(modules):
    (modules / "own.py").write_text("class Own(:\n")
    status, output = call(modules, "-n")
    assert status and "Traceback" not in output
    (line,) = error_lines(output, "cannot be read")
    assert f"config key modules: module {modules / 'own.py'} cannot be read (invalid syntax" in line


def test_a_module_that_cannot_be_imported_is_one_sentence_before_the_first_job(modules):
    (modules / "own.py").write_text("import no_such_package\n" + METHOD.format(label="Own", control=False))
    log = modules / "repository/results/outside/logs/hashing/scans/pixels/word2vec/three/own/seed0.log"
    before = log.read_text()
    status, output = call(modules)
    assert status and "Traceback" not in output and log.read_text() == before
    sentence = f"- module {modules / 'own.py'} cannot be imported (ModuleNotFoundError"
    assert any(line.startswith(sentence) for line in output.splitlines())


def test_an_option_that_a_dataset_does_not_take_is_one_sentence_at_the_dry_run(modules):
    config = json.loads(json.dumps(CONFIG))
    config["datasets"] = {"awa2_mini": config["datasets"]["scans"] | {"options": {"download": True}}}
    config["experiments"][0]["dataset"] = "awa2_mini"
    del config["methods"]["own"], config["methods"]["own_control"], config["comparison"]
    write_config(modules, config)
    status, output = call(modules, "-n")
    assert status and "Traceback" not in output
    (line,) = error_lines(output, "config key")
    assert "config key datasets.awa2_mini.options: " in line and "download" in line
