# What the stages share: the checked configuration, where files lie, and how a job calls Python.
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

from mgah import registry
from mgah.errors import InputError
from mgah.evaluation.reference_lines import NO_CODING, REFERENCE_LINES
from mgah.io.files import remove_leftovers
from mgah.near import near
from mgah.report.inputs import INPUTS
from mgah.report.outputs import SUFFIXES
from mgah.shortage import full_disks
from workflow import (
    components,
    config_files,
    contrasts,
    cost,
    devices,
    experiments,
    gpu_locks,
    nodes,
    pictures,
    raw_data,
    reaper,
    resources,
    settings,
    snakemake_internals,
)
from workflow import studies, texts, trained_features, training
from workflow.fingerprint import code
from workflow.jobs import servers
from workflow.logger.snakemake_logger_plugin_mgah import LogHandler
from workflow.logger.snakemake_logger_plugin_mgah.failures import Failure, failure_lines
from workflow.needs import wanted
from workflow.owner import Ownership

# first, so that it shows the faults of the config
PROGRESS = snakemake_internals.use_logger(workflow, LogHandler)

config.update({key: config_files.retyped(config[key]) for key in snakemake_internals.given_config(workflow)})

# read here and by all jobs
os.environ[registry.VARIABLE] = registry.joined(config_files.named_modules(config))

# Whether jobs run on the nodes of a cluster, and what these have, where SLURM says it.
ON_NODES = snakemake_internals.on_cluster(workflow)
NODES = nodes.listed() if ON_NODES else None

try:
    config_files.check_files(snakemake_internals.given_config_files(workflow))
    config = settings.checked(config)
    pictures.check(config)
    raw_data.check(config)
    nodes.check(NODES, snakemake_internals.bounded_resource(workflow, "_cores") or 1)
    # before GPUs are counted
    DEVICE = shlex.quote(devices.choose(config, gpu_locks.found, ON_NODES))
except InputError as error:
    raise WorkflowError(str(error))

os.environ.setdefault("MGAH_CHECK_STORES", config.get("check_stores", ""))

PROGRESS.estimate = lambda: str(
    cost.cost_of(config, [(job.rule, job.wildcards) for job in snakemake_internals.planned_jobs(workflow)])
)
RESULTS = f"results/{config['name']}"
OWNERSHIP = Ownership(f".snakemake/owners/{config['name']}.json", RESULTS)
DATA_DIR = shlex.quote(settings.data_dir(config))
PYTHON = shlex.quote(sys.executable)
# Put before a job's module with its kind and log: runs it and writes down what it took.
JOB = f"{PYTHON} -I -S {shlex.quote(workflow.basedir)}/workflow/jobs/run.py"

# Figures that show names of classes, which the job that finds the classes checks. No param: with another figure the
# images are not read again.
OF_CLASSES = " ".join(texts.figures_of_classes(config))

# All splits of each dataset, which jobs that know its classes check. No param: another split makes no other anew.
ALL_SPLITS = shlex.quote(json.dumps({name: block["splits"] for name, block in config["datasets"].items()}))

IMAGES = f"{RESULTS}/data/{{dataset}}/images.csv"
DATASET = f"{RESULTS}/data/{{dataset}}/dataset.json"
SPLIT = f"{RESULTS}/splits/{{dataset}}/{{split}}.json"
BACKBONE = f"{RESULTS}/backbones/{{backbone}}.json"
# What methods train from: the features of a frozen backbone, its feature maps, or the images of the dataset.
STORES = {
    "features": f"{RESULTS}/features/{{dataset}}/{{backbone}}",
    "maps": f"{RESULTS}/maps/{{dataset}}/{{backbone}}",
    "images": f"{RESULTS}/images/{{dataset}}",
}
FEATURES = STORES["features"]
LEAKS = f"{RESULTS}/leaks/{{dataset}}/{{backbone}}.csv"
SEMANTICS = f"{RESULTS}/semantics/{{dataset}}/{{semantics}}.npz"
SETTING = "{dataset}/{backbone}/{semantics}"
FIT = f"{SETTING}/{{split}}/{{method}}/seed{{seed}}"
SCORES = f"{RESULTS}/scores/{SETTING}/{{method}}"

# Minutes that a short job asks for at most.
SHORT = 20

# Threads of a job that uses all there are: --cores bounds it, and the nodes.
MANY = min(16, NODES.cpus) if NODES else 16

# GPUs that jobs may use at a time: --resources gpu=N, or all that are here, or all that SLURM's nodes have.
GPUS = snakemake_internals.bounded_resource(workflow, "gpu")
GPUS_ARE_KNOWN = GPUS is not None or NODES is not None or not ON_NODES
if GPUS is None:
    GPUS = (NODES.gpus if NODES else 0) if ON_NODES else len(gpu_locks.found())
    if GPUS:
        snakemake_internals.bound_resource(workflow, "gpu", GPUS)
# Put before a command with the number of its GPUs: waits for free ones and names them to the command.
ON_GPUS = f"{PYTHON} -I -S {shlex.quote(workflow.basedir)}/workflow/gpu_locks.py"

# Said where files are missing.
SMALLER = (
    "Smaller runs: --configfile workflow/config/regimes.yaml (CIFAR-10, a backbone whose weights come as a package, two"
    " cores) and --configfile workflow/config/small.yaml (needs no data at all)."
)

# Said where a run ends early and no job has failed.
STOPPED = "The run was stopped, or failed for the reason above: the same command finishes it."

SETTINGS = experiments.settings_of(config)
SEEDS = config["seeds"]


wildcard_constraints:
    dataset="[^/]+",
    backbone="[^/]+",
    semantics="[^/]+",
    split="[^/]+",
    method="[^/]+",
    pretraining="[^/]+",
    sweep="[^/]+",
    seed=r"\d+",


def tidy(name):
    """File of a tidy table that outputs read."""
    return f"{RESULTS}/{INPUTS[name].file}"


def per_setting(pattern):
    """Files of `pattern`, one for each setting."""
    return sorted({pattern.format(**setting) for setting in SETTINGS})


def dataset_settings(wildcards):
    """The config's block of the job's dataset."""
    return config["datasets"][wildcards.dataset]


def dataset_module(wildcards):
    """Name in the registry of the job's dataset."""
    return components.dataset_module(config, wildcards.dataset)


def dataset_file(wildcards):
    """The file that defines the job's dataset."""
    return registry.find("datasets", dataset_module(wildcards)).file


def method_of(wildcards):
    """The job's method: its name in the registry, label, parameters."""
    return components.method_entry(config, wildcards.method, wildcards.dataset, wildcards.backbone)


def gpus(device, most=1):
    """GPUs that a job asks for which can use `most` and computes on `device`."""
    return most if device.startswith("cuda") or (device == "auto" and GPUS) else 0


def method_gpus(wildcards):
    """GPUs of a job that trains a method: those methods use one that know a device."""
    device = components.method_device(config, method_of(wildcards))
    return gpus(device) if device else 0


def asks(rule, gpus=None):
    """What jobs of `rule` ask for where they run on nodes, and their `gpus`, a function of wildcards, everywhere."""

    def place(wildcards):
        return training.place_of(config, dict(wildcards))

    def count(wildcards):
        return gpus(wildcards) if gpus else 0

    def memory(wildcards, threads, attempt):
        return attempt * resources.memory(config, rule, place(wildcards), threads, count(wildcards))

    def minutes(wildcards, attempt):
        return attempt * resources.minutes(config, rule, place(wildcards), count(wildcards))

    return {"mem_mb": memory, "runtime": minutes} | ({"gpu": gpus} if gpus else {})


def joined(group, rule, alone=None):
    """The group that short jobs of `rule` are of where they run on nodes: a node gets several of them together.

    A job for which `alone`, a function of wildcards, is true goes to a node by itself, as long ones do.
    """

    def of_short(wildcards):
        minutes = resources.minutes(config, rule, training.place_of(config, dict(wildcards)))
        return None if minutes > SHORT or (alone and alone(wildcards)) else group

    return of_short if ON_NODES else None


def backbone_of(wildcards):
    """The job's backbone: its name in the registry, weights and options."""
    return components.backbone_entry(config, wildcards.backbone)


def backbone_file(wildcards):
    """The file that defines the job's backbone."""
    return registry.find("backbones", backbone_of(wildcards)["backbone"]).file


def raw(*named, backbone={}):
    """Param of a job that reads raw data: the data folder, and the state of what `named` and `backbone` name in it."""
    named, weights = [*named, backbone.get("options", {})], backbone.get("weights")
    return json.dumps(raw_data.state(settings.data_dir(config), named, weights=weights, known=RAW_STATES))


# States of raw data, each read once by a process.
RAW_STATES = {}


def option(flag, value):
    """A command line option, or nothing where the config leaves it open. In one word, as a value may begin with a dash."""
    return shlex.quote(f"{flag}={value}") if value else ""


def say_gpus():
    """Before the first job of a real run: jobs that could use a GPU ask for none where nothing says what there is."""
    if config["device"] == "auto" and not GPUS_ARE_KNOWN:
        print("No job asks for a GPU, as it is not known what the nodes have: --resources gpu=N says it.")


def check_needs(planned):
    """Before the first job of a real run: stop where files are missing that planned jobs read, with one list."""
    command = [sys.executable, "-m", "mgah.needs", "--data-dir", settings.data_dir(config)]
    asked = json.dumps(wanted(config, [(job.rule, job.wildcards) for job in planned]))
    answer = subprocess.run([*command, "--wanted", asked], stderr=subprocess.PIPE, text=True)
    print(answer.stderr, end="", file=sys.stderr)
    if answer.returncode < 0:
        raise WorkflowError(*Failure("mgah.needs", [], answer.returncode).lines())
    if answer.returncode:
        raise WorkflowError(SMALLER)


def show_stages(planned):
    """Jobs are counted by stage, the folder of their log; those that only gather files are not."""
    logs = Path(RESULTS, "logs")
    stages = {job.rule: job.logs[0].relative_to(logs).parts[0] for job in planned if job.logs}
    PROGRESS.plan(Counter(job.rule for job in planned if job.logs), stages)


def in_own_words(record):
    """What to say in place of an error of Snakemake, where it does not say what to do."""
    if getattr(record, "exception", "") == "LockException":
        return OWNERSHIP.refusal(sys.argv)
    if missing := re.search(r"No rule to produce (\S+)", record.getMessage()):
        words = (
            "expected the name of a table, of a figure or of a stage, or a file that the config's run makes"
        )
        return f"error: there is no target {missing[1]}: {words}{near(missing[1], registry.names('outputs'))}"
    if full := re.search(r"\[Errno (28|122|27)\].*", record.getMessage()):
        return f"error: {full_disks(full[0], [RESULTS, '.snakemake', tempfile.gettempdir()])}"
    return None


def take_over():
    """Free the results from a run that was killed on this machine; of other locks say what they are."""
    PROGRESS.instead = in_own_words
    if not snakemake_internals.on_cluster(workflow):  # where jobs outlive this process, and are found again
        snakemake_internals.make_incomplete_again()
    if not snakemake_internals.is_dry(workflow) and OWNERSHIP.claim():
        snakemake_internals.remove_locks(RESULTS)


def own():
    """Before the first job: own the results, remove what dead processes left, and end with all that is started."""
    OWNERSHIP.claim()
    OWNERSHIP.sign()
    remove_leftovers(RESULTS)
    reaper.start(OWNERSHIP.lock)


if snakemake_internals.is_main(workflow):
    take_over()


def failures():
    """What the failed jobs of this run said, each line once."""
    return failure_lines(PROGRESS.failed.values())
