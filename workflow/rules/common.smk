# What the stages share: the checked configuration, where files lie, and how a job calls Python.
import json
import shlex
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, workflow.basedir)

from mgah.errors import InputError
from mgah.methods.discovery import method_file
from mgah.report.outputs.discovery import output_inputs, output_kinds, output_words
from workflow import cards, pictures, progress, settings, studies
from workflow.fingerprint import code
from workflow.wanted import wanted

try:
    config = settings.checked(config)
    pictures.check(config)
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

# GPUs that jobs may use at a time: --resources gpu=N, or all that are here. What a cluster has is not known here.
if workflow.resource_settings.nodes is None and "gpu" not in workflow.global_resources and (here := cards.found()):
    workflow.register_resource("gpu", len(here))
GPUS = workflow.global_resources["gpu"].value if "gpu" in workflow.global_resources else 0
# Before a command, with the number of its GPUs: waits for them and tells the command which.
ON_GPUS = f"{PYTHON} -I {shlex.quote(workflow.basedir)}/workflow/cards.py"

# Said where files are missing.
SMALLER = (
    "Smaller runs: --configfile workflow/config/cpu.yaml (real images, a backbone whose weights come as a package, two"
    " cores) and --configfile workflow/config/small.yaml (needs no data at all)."
)

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
    sweep="[^/]+",
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
    return settings.method_entry(config, wildcards.method, wildcards.dataset, wildcards.backbone)


def gpus(device, most=1):
    """GPUs that a job asks for which can use `most` and computes on `device`."""
    return most if device.startswith("cuda") or (device == "auto" and GPUS) else 0


def method_gpus(wildcards):
    """GPUs of a job that trains a method: those methods use one that know a device."""
    device = method_of(wildcards)["parameters"].get("device")
    return gpus(device) if device else 0


def network_file(parameters):
    """The module of the network that a method trains along, which it finds by name."""
    return [f"mgah/backbones/{parameters['network']}.py"] if parameters.get("network") else []


def network_weights(wildcards):
    """Weights and card that the network of the job's method starts at, where a job here trains them."""
    return pretrained_files(wildcards) if method_of(wildcards)["parameters"].get("network") else []


def backbone_of(wildcards):
    """The job's backbone: module word, and its options."""
    return settings.backbone_entry(config, wildcards.backbone)


def option(flag, value):
    """A command line option, or nothing where the config leaves it open."""
    return shlex.join([flag, str(value)]) if value else ""


def check_needs():
    """Before the first job of a real run: stop where files are missing that planned jobs read, with one list."""
    planned = [(job.rule.name, dict(job.wildcards.items())) for job in workflow.dag.needrun_jobs()]
    command = [sys.executable, "-m", "mgah.missing", "--data-dir", settings.data_dir(config)]
    asked = json.dumps(wanted(config, planned))
    answer = subprocess.run([*command, "--wanted", asked], stderr=subprocess.PIPE, text=True)
    print(answer.stderr, end="", file=sys.stderr)
    if answer.returncode:
        raise WorkflowError(SMALLER)


def show_progress():
    """From the first job on: the jobs that are planned, by stage, the folder of their log."""
    logs = Path(RESULTS, "logs")
    dag = workflow.dag
    planned = {
        dag.jobid(job): progress.Task(job.rule.name, Path(job.log[0]).relative_to(logs).parts[0], Path(job.log[0]))
        for job in dag.needrun_jobs()
        if job.log
    }
    return progress.begin(workflow.logger_manager, shell, planned)


def end_progress():
    """After the last job: what follows is not disturbed by a bar."""
    for handler in workflow.logger_manager.logger.handlers:
        if isinstance(handler, progress.Progress):
            handler.end()


def errors():
    """What the failed jobs of this run said, each line once."""
    logs = (log for log in Path(RESULTS, "logs").rglob("*.log") if log.stat().st_mtime >= STARTED)
    lines = (line for log in logs for line in log.read_text(errors="replace").splitlines())
    return list(dict.fromkeys(line for line in lines if line.startswith("error: ")))  # each process may say it
