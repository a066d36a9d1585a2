# What the stages share: the checked configuration, where files lie, and how a job calls Python.
import json
import shlex
import sys
import time
from pathlib import Path

sys.path.insert(0, workflow.basedir)

from mgah.errors import InputError
from mgah.hashing.discovery import method_file
from mgah.report.discovery import output_kinds
from workflow import settings
from workflow.fingerprint import code

try:
    config = settings.checked(config)
except InputError as error:
    raise WorkflowError(str(error))

STARTED = time.time()
RESULTS = f"results/{config['name']}"
DATA_DIR = shlex.quote(settings.data_dir(config))
PYTHON = shlex.quote(sys.executable)
DEVICE = shlex.quote(config["device"])

IMAGES = RESULTS + "/data/{dataset}/images.csv"
DATASET = RESULTS + "/data/{dataset}/dataset.json"
SPLIT = RESULTS + "/splits/{dataset}/{split}.json"
FEATURES = RESULTS + "/features/{dataset}/{backbone}"
LEAKS = RESULTS + "/leaks/{dataset}/{backbone}.csv"
SEMANTICS = RESULTS + "/semantics/{dataset}/{semantics}.npz"
EXPERIMENT = "{dataset}/{backbone}/{semantics}"
FIT = EXPERIMENT + "/{split}/{method}/seed{seed}"
SCORES = RESULTS + "/scores/" + EXPERIMENT + "/{method}"

# Threads of a job that uses all there are: --cores bounds it.
MANY = 16

EXPERIMENTS = config["experiments"]
BITS = config["bits"]
SEEDS = config["seeds"]


wildcard_constraints:
    dataset="[^/]+",
    backbone="[^/]+",
    semantics="[^/]+",
    split="[^/]+",
    method="[^/]+",
    training="[^/]+",
    seed=r"\d+",


def per_experiment(pattern):
    """Files of `pattern`, one for each experiment."""
    return sorted({pattern.format(**experiment) for experiment in EXPERIMENTS})


def dataset_settings(wildcards):
    """The config's block of the job's dataset."""
    return config["datasets"][wildcards.dataset]


def splits_of(dataset):
    """Names of the dataset's splits."""
    return config["datasets"][dataset]["splits"]


def method_of(wildcards):
    """The job's method: module word, label, parameters."""
    return settings.method_entry(config, wildcards.method, wildcards.dataset)


def backbone_of(wildcards):
    """The job's backbone: module word, and its options."""
    return settings.backbone_entry(config, wildcards.backbone)


def option(flag, value):
    """A command line option, or nothing where the config leaves it open."""
    return shlex.join([flag, value]) if value else ""


def errors():
    """What the failed jobs of this run said, each line once."""
    logs = (log for log in Path(RESULTS, "logs").rglob("*.log") if log.stat().st_mtime >= STARTED)
    lines = (line for log in logs for line in log.read_text(errors="replace").splitlines())
    return list(dict.fromkeys(line for line in lines if line.startswith("error: ")))  # each process may say it
