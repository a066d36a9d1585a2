# Hashing: one method on one split with one seed, at all code lengths in one process.
CODES = RESULTS + "/codes/" + FIT + "/{bits}.npz"
MODELS = RESULTS + "/models/" + FIT + "/{bits}.safetensors"
HISTORY = RESULTS + "/history.csv"


def fitted(pattern, experiment, method):
    """Files of one method in one experiment: every split and seed (or those it names) and code length."""
    places = {key: experiment[key] for key in ("dataset", "backbone", "semantics")}
    splits = experiment.get("splits") or splits_of(experiment["dataset"])
    seeds = experiment.get("seeds") or SEEDS
    return expand(pattern, **places, method=method, split=splits, seed=seeds, bits=BITS)


def codes_of(experiment, method):
    """Codes files of one method in one experiment."""
    return fitted(CODES, experiment, method)


rule hashing:
    input:
        [
            codes_of(experiment, method)
            for experiment in EXPERIMENTS
            for method in settings.methods_of(config, experiment)
        ],


rule fit:
    input:
        images=IMAGES,
        card=DATASET,
        split=SPLIT,
        features=FEATURES + "/features.npy",
        features_card=FEATURES + "/card.json",
        semantics=SEMANTICS,
        weights=network_weights,
        choice=choice_of,
    output:
        codes=expand(CODES, bits=BITS, allow_missing=True),
        models=expand(MODELS, bits=BITS, allow_missing=True),
    params:
        method=lambda w: method_of(w)["method"],
        label=lambda w: option("--label", method_of(w)["label"]),
        parameters=lambda w: json.dumps(method_of(w)["parameters"]),
        choice=lambda w, input: option("--choice", input.get("choice")),
        bits=BITS,
        features=FEATURES,
        codes=RESULTS + "/codes/" + FIT,
        models=RESULTS + "/models/" + FIT,
        weights=lambda w: option("--network-weights", next(iter(network_weights(w)), None)),
        code=lambda w: code(
            "mgah/training/__main__.py",
            method_file(method_of(w)["method"]),
            *network_file(method_of(w)["parameters"]),
        ),
    threads: 1
    resources:
        gpu=method_gpus,
    log:
        RESULTS + "/logs/hashing/" + FIT + ".log",
    benchmark:
        RESULTS + "/benchmarks/hashing/" + FIT + ".tsv"
    shell:
        "{ON_GPUS} {resources.gpu} {PYTHON} -m mgah.training --images {input.images} --dataset-card {input.card}"
        " --features {params.features} --split {input.split} --semantics {input.semantics}"
        " --semantics-name {wildcards.semantics}"
        " --method {params.method} --variant {wildcards.method} {params.label}"
        " --parameters {params.parameters:q} --data-dir {DATA_DIR} {params.weights} {params.choice}"
        " --bits {params.bits} --seed {wildcards.seed}"
        " --codes {params.codes} --models {params.models} > {log} 2>&1"


# How MGAH's trainings went; the cards that tell it lie beside the models.
rule collect_history:
    input:
        [
            fitted(MODELS, experiment, name)
            for experiment in EXPERIMENTS
            for name in settings.methods_of(config, experiment)
            if config["methods"][name].get("method", name) == "mgah"
        ],
    output:
        HISTORY,
    params:
        code=code("mgah/training/history.py"),
    log:
        RESULTS + "/logs/hashing/history.log",
    benchmark:
        RESULTS + "/benchmarks/hashing/history.tsv"
    shell:
        "{PYTHON} -m mgah.training.history --output {output} {input} > {log} 2>&1"
