# Training: the four jobs that fit methods on one split. They share one command line, inputs and params; a rule adds
# its outputs, the options of its own and what it alone runs. Outputs stand in commands, not in params: what a function
# of inputs or outputs returns does not count among the params whose change re-runs a job.
CODES = f"{RESULTS}/codes/{FIT}"
MODELS = f"{RESULTS}/models/{FIT}"
CHOICE = f"{RESULTS}/selection/{SETTING}/{{split}}/{{method}}.json"
SWEEP = f"{RESULTS}/sweeps/{{sweep}}"
SWEEP_CODES = f"{SWEEP}/codes/{{split}}/seed{{seed}}"
GRAPHS = f"{RESULTS}/graphs/{FIT}/{{bits}}.csv"

# Options of every job that reads what a method trains on (`mgah.training.job`), and of its own.
JOB_OPTIONS = (
    "--images {input.images}"
    " --dataset-card {input.card} --store {params.store} --backbone-card {input.backbone} --split {input.split}"
    " --semantics {input.semantics} {params.method} --device {DEVICE} --data-dir {DATA_DIR} --bits {params.bits}"
    " --seed {params.seed} {params.options}"
)
TRAIN = f"{{ON_GPUS}} {{resources.gpu}} {{JOB}} {{params.kind}} {{log}} mgah.training {{params.job}} {JOB_OPTIONS}"


def fits_of(pattern, setting, method):
    """Folders of one method in one setting: every split and seed that it is run with."""
    runs = dict.fromkeys((split, seed) for split, seed, _ in experiments.cells_of(config, setting, method))
    return [
        pattern.format(**experiments.setting_of(setting), method=method, split=split, seed=seed)
        for split, seed in runs
    ]


def codes_of(setting, method):
    """Codes files of one method in one setting, in the folders of its fits."""
    return [
        f"{CODES}/{bits}.npz".format(**experiments.setting_of(setting), method=method, split=split, seed=seed)
        for split, seed, bits in experiments.cells_of(config, setting, method)
    ]


def models_of(setting, method):
    """Models of the `codes_of` one method in one setting, where the config keeps them."""
    return [
        f"{MODELS}/{bits}.safetensors".format(
            **experiments.setting_of(setting), method=method, split=split, seed=seed
        )
        for split, seed, bits in experiments.cells_of(config, setting, method)
    ]


def choice_of(wildcards):
    """The record of the job's choice of parameters, where its method has any to choose."""
    return [CHOICE.format(**dict(wildcards))] if components.is_chosen(config, wildcards.method) else []


def trained(wildcards):
    """What a job trains: its wildcards, and for a sweep dataset, backbone, semantics and method of its block."""
    return SimpleNamespace(**training.place_of(config, dict(wildcards)))


def store_of(wildcards):
    """Folder of what the job's method trains from."""
    place = trained(wildcards)
    return STORES[components.store_of(method_of(place))].format(**vars(place))


def training_inputs(wildcards):
    """The data that a job trains on, and the weights that its backbone starts at, where a job here trains them."""
    place, store = trained(wildcards), store_of(wildcards)
    files = {"images": IMAGES, "card": DATASET, "split": SPLIT, "backbone": BACKBONE, "semantics": SEMANTICS}
    return {name: file.format(**vars(place)) for name, file in files.items()} | {
        "store": f"{store}/features.npy",
        "store_card": f"{store}/card.json",
        "weights": pretrained_files(place) if components.trains_backbone(method_of(place)) else [],
    }


def method_options(wildcards):
    """The job's method as options: its names, label, parameters and weights."""
    place = trained(wildcards)
    entry = method_of(place)
    words = ["--semantics-name", place.semantics, "--method", entry["method"], "--variant", place.method]
    words += ["--parameters", json.dumps(entry["parameters"])]
    weights = weights_option(place) if components.trains_backbone(entry) else ""
    return " ".join(filter(None, [shlex.join(words), weights, option("--label", entry["label"])]))


def training_raw(wildcards):
    """State of the weights in the data folder that the job reads; of other jobs the data folder does not count."""
    place = trained(wildcards)
    starts_there = components.trains_backbone(method_of(place)) and not pretrained_files(place)
    return raw(backbone=backbone_of(place)) if starts_there else ""


def fitted_bits(wildcards):
    """Code lengths that one fit makes."""
    return experiments.bits_of_fit(config, dict(wildcards))


def training_kind(wildcards):
    """The kind of the job's process: methods that know a device compute with torch."""
    return "deep_training" if components.method_device(config, method_of(trained(wildcards))) else "training"


def fitting_kinds(planned):
    """The kinds of the planned jobs that fit methods."""
    fits = [job.wildcards for job in planned if job.rule in ("fit", "choose", "fit_sweep")]
    return set(map(training_kind, {tuple(map(fit.get, ("method", "sweep"))): fit for fit in fits}.values()))


def training_params(job, options, bits=fitted_bits, seed=lambda wildcards: wildcards.seed):
    """Params of a job that trains, all of them functions of wildcards alone; `options` are those of its own."""
    return {
        "job": job,
        "store": store_of,
        "method": method_options,
        "raw": training_raw,
        "bits": bits,
        "seed": seed,
        "options": options,
        "kind": training_kind,
        "code": lambda wildcards: code(*training.training_modules(config, job, vars(trained(wildcards)))),
    }


def training_command(writes):
    """The command of a job that trains, with the options that say where it writes."""
    return f"{TRAIN} {writes} > {{log}} 2>&1"


def training_gpus(wildcards):
    """GPUs of a job that trains a method."""
    return method_gpus(trained(wildcards))


def chosen_options(wildcards):
    """The record whose parameters replace those of the job's method, where that has any to choose."""
    return " ".join(option("--choice", file) for file in choice_of(wildcards))


def fit_options(wildcards):
    """What the job's fit takes from a choice, and at which code lengths it stores more of a model than its card."""
    kept = components.kept_models(config, dict(wildcards), fitted_bits(wildcards))
    return " ".join([chosen_options(wildcards), "--keep-models", *map(str, kept)])


def choice_options(wildcards):
    """How the job chooses parameters."""
    held_out = option("--pseudo-unseen", dataset_settings(wildcards).get("pseudo_unseen"))
    asked = {"choose": json.dumps(config["methods"][wildcards.method]["choose"])}
    asked |= {key: config["selection"][key] for key in ("trials", "draws")}
    return " ".join([held_out, *(option(f"--{name}", value) for name, value in asked.items())])


def sweep_options(wildcards):
    """What the job's sweep varies."""
    vary = json.dumps(config["sweeps"][wildcards.sweep]["vary"])
    return shlex.join(["--sweep", wildcards.sweep, "--vary", vary])


def graphs_options(wildcards):
    """What the job's fit takes from a choice, and the code length whose graphs it shows."""
    return f"{chosen_options(wildcards)} --shown {wildcards.bits}"


rule hashing:
    input:
        [
            fits_of(CODES, setting, method)
            for setting in SETTINGS
            for method in experiments.methods_of(config, setting)
        ],


rule selection:
    input:
        [
            CHOICE.format(**block, split=split, method=study.method)
            for study in studies.choices(config)
            for block in study.where.values()
            for split in block["splits"]
        ],


# One method on one split with one seed, at all code lengths in one process.
rule fit:
    input:
        unpack(training_inputs),
        choice=choice_of,
    output:
        codes=directory(CODES),
        models=directory(MODELS),
    log:
        f"{RESULTS}/logs/hashing/{FIT}.log",
    group:
        joined("fits", "fit", alone=training_gpus)
    threads: 1
    resources:
        **asks("fit", gpus=training_gpus),
    params:
        **training_params("fit", fit_options),
    shell:
        training_command("--codes {output.codes} --models {output.models}")


# Parameters that the sources leave open, chosen on each split among its seen classes.
rule choose:
    input:
        unpack(training_inputs),
    output:
        CHOICE,
    log:
        f"{RESULTS}/logs/selection/{SETTING}/{{split}}/{{method}}.log",
    group:
        joined("fits", "choose", alone=training_gpus)
    threads: 1
    resources:
        **asks("choose", gpus=training_gpus),
    params:
        **training_params(
            "choose",
            choice_options,
            bits=lambda w: config["selection"]["bits"],
            seed=lambda w: config["split_seed"],
        ),
    shell:
        training_command("--output {output}")


# One method with one parameter at a time at several values; a job does all values on one split with one seed.
rule fit_sweep:
    input:
        unpack(training_inputs),
    output:
        codes=directory(SWEEP_CODES),
    log:
        f"{RESULTS}/logs/sweeps/{{sweep}}/{{split}}/seed{{seed}}.log",
    group:
        joined("fits", "fit_sweep", alone=training_gpus)
    threads: 1
    resources:
        **asks("fit_sweep", gpus=training_gpus),
    params:
        **training_params("sweep", sweep_options, bits=lambda w: config["sweeps"][w.sweep]["bits"]),
    shell:
        training_command("--codes {output.codes}")


# The graphs of a batch, from the training that made the codes, watched.
rule sample_graphs:
    input:
        unpack(training_inputs),
        choice=choice_of,
    output:
        GRAPHS,
    log:
        f"{RESULTS}/logs/graphs/{FIT}/{{bits}}.log",
    group:
        joined("fits", "sample_graphs", alone=training_gpus)
    threads: 1
    resources:
        **asks("sample_graphs", gpus=training_gpus),
    params:
        **training_params("graphs", graphs_options),
    shell:
        training_command("--output {output}")
