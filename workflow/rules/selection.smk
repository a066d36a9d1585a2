# Selection: parameters that the sources leave open, chosen on each split among its seen classes.
CHOICE = RESULTS + "/selection/" + EXPERIMENT + "/{split}/{method}.json"
CHOICES = RESULTS + "/selections.csv"


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


rule selection:
    input:
        [file for experiment in EXPERIMENTS for file in choices_of(experiment)],


rule choose:
    input:
        images=IMAGES,
        card=DATASET,
        split=SPLIT,
        features=FEATURES + "/features.npy",
        features_card=FEATURES + "/card.json",
        semantics=SEMANTICS,
        weights=network_weights,
    output:
        CHOICE,
    params:
        method=lambda w: method_of(w)["method"],
        label=lambda w: option("--label", method_of(w)["label"]),
        parameters=lambda w: json.dumps(method_of(w)["parameters"]),
        axes=lambda w: json.dumps(config["methods"][w.method]["choose"]),
        held_out=lambda w: option("--pseudo-unseen", dataset_settings(w).get("pseudo_unseen")),
        trials=config["selection"]["trials"],
        draws=config["selection"]["draws"],
        bits=config["selection"]["bits"],
        seed=config["split_seed"],
        features=FEATURES,
        weights=lambda w: option("--network-weights", next(iter(network_weights(w)), None)),
        code=lambda w: code(
            "mgah/training/choose.py",
            method_file(method_of(w)["method"]),
            *network_file(method_of(w)["parameters"]),
        ),
    threads: 1
    resources:
        gpu=method_gpus,
    log:
        RESULTS + "/logs/selection/" + EXPERIMENT + "/{split}/{method}.log",
    benchmark:
        RESULTS + "/benchmarks/selection/" + EXPERIMENT + "/{split}/{method}.tsv"
    shell:
        "{ON_GPUS} {resources.gpu} {PYTHON} -m mgah.training.choose --images {input.images} --dataset-card {input.card}"
        " --features {params.features} --split {input.split} --semantics {input.semantics}"
        " --semantics-name {wildcards.semantics} --method {params.method} --variant {wildcards.method} {params.label}"
        " --parameters {params.parameters:q} --data-dir {DATA_DIR} {params.weights}"
        " --choose {params.axes:q} --trials {params.trials} --draws {params.draws} {params.held_out}"
        " --bits {params.bits} --seed {params.seed} --output {output} > {log} 2>&1"


rule collect_choices:
    input:
        rules.selection.input,
    output:
        CHOICES,
    params:
        code=code("mgah/training/collect_choices.py"),
    log:
        RESULTS + "/logs/selection/collect.log",
    benchmark:
        RESULTS + "/benchmarks/selection/collect.tsv"
    shell:
        "{PYTHON} -m mgah.training.collect_choices --output {output} {input} > {log} 2>&1"
