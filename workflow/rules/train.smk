# Training: the four jobs that fit methods on one split. They share one command line, inputs and params; a rule adds
# its outputs, the options of its own and what it alone runs.
CODES = f"{RESULTS}/codes/{FIT}/{{bits}}.npz"
MODELS = f"{RESULTS}/models/{FIT}/{{bits}}.safetensors"
CHOICE = f"{RESULTS}/selection/{EXPERIMENT}/{{split}}/{{method}}.json"
SWEEP = f"{RESULTS}/sweeps/{{sweep}}"
SWEEP_CODES = f"{SWEEP}/codes/{{split}}/seed{{seed}}"
SWEEP_MODELS = f"{SWEEP}/models/{{split}}/seed{{seed}}"
GRAPHS = f"{RESULTS}/graphs/{FIT}/{{bits}}.csv"

TRAIN = (
    "{ON_GPUS} {resources.gpu} {PYTHON} -m mgah.training {params.job} --images {input.images}"
    " --dataset-card {input.card} --features {params.features} --split {input.split} --semantics {input.semantics}"
    " {params.method} --device {DEVICE} --data-dir {DATA_DIR} --bits {params.bits} --seed {params.seed}"
    " {params.options} > {log} 2>&1"
)


def fitted(pattern, experiment, method):
    """Files of one method in one experiment: every split and seed (or those it names) and code length."""
    places = {key: experiment[key] for key in ("dataset", "backbone", "semantics")}
    splits = experiment.get("splits") or splits_of(experiment["dataset"])
    seeds = experiment.get("seeds") or SEEDS
    return expand(pattern, **places, method=method, split=splits, seed=seeds, bits=BITS)


def codes_of(experiment, method):
    """Codes files of one method in one experiment."""
    return fitted(CODES, experiment, method)


def choices_of(experiment):
    """Records of one experiment: every method with parameters to choose, every split."""
    return [
        CHOICE.format(**experiment | {"split": split, "method": method})
        for method in settings.chosen_methods(config, experiment)
        for split in splits_of(experiment["dataset"])
    ]


def choice_of(wildcards):
    """The record of the job's choice of parameters, where its method has any to choose."""
    return [CHOICE.format(**dict(wildcards))] if settings.is_chosen(config, wildcards.method) else []


def trained(wildcards):
    """What a job trains: its wildcards, and for a sweep dataset, backbone, semantics and method of its block."""
    return SimpleNamespace(**training.place_of(config, dict(wildcards)))


def training_inputs(wildcards):
    """The data that a job trains on, and the weights that its network starts at, where a job here trains them."""
    place = trained(wildcards)
    files = {
        "images": IMAGES,
        "card": DATASET,
        "split": SPLIT,
        "features": f"{FEATURES}/features.npy",
        "features_card": f"{FEATURES}/card.json",
        "semantics": SEMANTICS,
    }
    return {name: file.format(**vars(place)) for name, file in files.items()} | {
        "weights": network_weights(place)
    }


def method_options(wildcards, input):
    """The job's method as options: module and config words, label, parameters, and files with more of them."""
    place = trained(wildcards)
    entry = method_of(place)
    words = ["--semantics-name", place.semantics, "--method", entry["method"], "--variant", place.method]
    parameters = ["--parameters", json.dumps(entry["parameters"])]
    files = [
        option("--network-weights", next(iter(network_weights(place)), None)),
        option("--choice", input.get("choice")),
    ]
    return " ".join([shlex.join(words), option("--label", entry["label"]), shlex.join(parameters), *files])


def training_raw(wildcards):
    """State of the weights in the data folder that the job reads; of other jobs the data folder does not count."""
    weights = training.given_weights(config, vars(trained(wildcards)))
    return raw(weights) if weights else ""


def training_params(job, options, bits=lambda wildcards: BITS, seed=lambda wildcards: wildcards.seed):
    """Params of a job that trains; `options` (a function of wildcards and output) are those of its own."""
    return {
        "job": job,
        "features": lambda wildcards: FEATURES.format(**vars(trained(wildcards))),
        "method": method_options,
        "raw": training_raw,
        "bits": bits,
        "seed": seed,
        "options": options,
        "code": lambda wildcards: code(*training.training_modules(config, job, vars(trained(wildcards)))),
    }


def training_gpus(wildcards):
    """GPUs of a job that trains a method."""
    return method_gpus(trained(wildcards))


def choice_options(wildcards, output):
    """How the job chooses parameters, and where it writes."""
    held_out = option("--pseudo-unseen", dataset_settings(wildcards).get("pseudo_unseen"))
    asked = {"choose": json.dumps(config["methods"][wildcards.method]["choose"])}
    asked |= {key: config["selection"][key] for key in ("trials", "draws")} | {"output": output}
    return " ".join([held_out, *(option(f"--{name}", value) for name, value in asked.items())])


def sweep_options(wildcards, output):
    """What the job's sweep varies, and where the job writes."""
    vary = json.dumps(config["sweeps"][wildcards.sweep]["vary"])
    asked = ["--sweep", wildcards.sweep, "--vary", vary, "--codes", output.codes, "--models", output.models]
    return shlex.join(asked)


rule hashing:
    input:
        [
            codes_of(experiment, method)
            for experiment in EXPERIMENTS
            for method in settings.methods_of(config, experiment)
        ],


rule selection:
    input:
        [file for experiment in EXPERIMENTS for file in choices_of(experiment)],


# One method on one split with one seed, at all code lengths in one process.
rule fit:
    input:
        unpack(training_inputs),
        choice=choice_of,
    output:
        codes=expand(CODES, bits=BITS, allow_missing=True),
        models=expand(MODELS, bits=BITS, allow_missing=True),
    log:
        f"{RESULTS}/logs/hashing/{FIT}.log",
    benchmark:
        f"{RESULTS}/benchmarks/hashing/{FIT}.tsv"
    threads: 1
    resources:
        gpu=training_gpus,
    params:
        **training_params(
            "fit",
            lambda w, output: shlex.join(
                ["--codes", folder_of(output.codes), "--models", folder_of(output.models)]
            ),
        ),
    shell:
        TRAIN


# Parameters that the sources leave open, chosen on each split among its seen classes.
rule choose:
    input:
        unpack(training_inputs),
    output:
        CHOICE,
    log:
        f"{RESULTS}/logs/selection/{EXPERIMENT}/{{split}}/{{method}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/selection/{EXPERIMENT}/{{split}}/{{method}}.tsv"
    threads: 1
    resources:
        gpu=training_gpus,
    params:
        **training_params(
            "choose",
            choice_options,
            bits=lambda w: config["selection"]["bits"],
            seed=lambda w: config["split_seed"],
        ),
    shell:
        TRAIN


# One method with one parameter at a time at several values; a job does all values on one split with one seed.
rule fit_sweep:
    input:
        unpack(training_inputs),
    output:
        codes=directory(SWEEP_CODES),
        models=directory(SWEEP_MODELS),
    log:
        f"{RESULTS}/logs/sweeps/{{sweep}}/{{split}}/seed{{seed}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/sweeps/{{sweep}}/{{split}}/seed{{seed}}.tsv"
    threads: 1
    resources:
        gpu=training_gpus,
    params:
        **training_params("sweep", sweep_options, bits=lambda w: config["sweeps"][w.sweep]["bits"]),
    shell:
        TRAIN


# The graphs of a batch, from the training that made the codes, watched.
rule sample_graphs:
    input:
        unpack(training_inputs),
        choice=choice_of,
    output:
        GRAPHS,
    log:
        f"{RESULTS}/logs/graphs/{FIT}/{{bits}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/graphs/{FIT}/{{bits}}.tsv"
    threads: 1
    resources:
        gpu=training_gpus,
    params:
        **training_params(
            "graphs", lambda w, output: shlex.join(["--shown", w.bits, "--output", str(output)])
        ),
    shell:
        TRAIN
