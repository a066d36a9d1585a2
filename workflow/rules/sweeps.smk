# Sweeps: one method with one parameter at a time at several values; a job does all values on one split with one seed.
SWEEP = RESULTS + "/sweeps/{sweep}"
SWEEP_CODES = SWEEP + "/codes/{split}/seed{seed}"
SWEEP_MODELS = SWEEP + "/models/{split}/seed{seed}"
# Scores of the sweeps that vary parameters of a method, and of those that vary training images or code lengths.
SENSITIVITY, SIZES = RESULTS + "/sensitivity.csv", RESULTS + "/sizes.csv"


def sweep_of(wildcards):
    """The config's block of the job's sweep."""
    return config["sweeps"][wildcards.sweep]


def swept(wildcards):
    """The sweep's dataset, backbone, semantics and method, as a fit would have them for wildcards."""
    return SimpleNamespace(**{key: sweep_of(wildcards)[key] for key in ("dataset", "backbone", "semantics", "method")})


def at_sweep(pattern):
    """An input function: `pattern` with the places of the job's sweep, its own wildcards kept."""
    return lambda wildcards: pattern.format(**vars(swept(wildcards)), **dict(wildcards))


rule sweeps:
    input:
        expand(SWEEP + ".csv", sweep=config["sweeps"]),


rule fit_sweep:
    input:
        images=at_sweep(IMAGES),
        card=at_sweep(DATASET),
        split=at_sweep(SPLIT),
        features=at_sweep(FEATURES + "/features.npy"),
        features_card=at_sweep(FEATURES + "/card.json"),
        semantics=at_sweep(SEMANTICS),
        weights=lambda w: network_weights(swept(w)),
    output:
        codes=directory(SWEEP_CODES),
        models=directory(SWEEP_MODELS),
    params:
        entry=lambda w: shlex.join(["--method", method_of(swept(w))["method"], "--variant", swept(w).method]),
        label=lambda w: option("--label", method_of(swept(w))["label"]),
        parameters=lambda w: json.dumps(method_of(swept(w))["parameters"]),
        vary=lambda w: json.dumps(sweep_of(w)["vary"]),
        bits=lambda w: sweep_of(w)["bits"],
        features=at_sweep(FEATURES),
        source=lambda w: swept(w).semantics,
        weights=lambda w: option("--network-weights", next(iter(network_weights(swept(w))), None)),
        code=lambda w: code(
            "mgah/training/sweep.py",
            method_file(method_of(swept(w))["method"]),
            *network_file(method_of(swept(w))["parameters"]),
        ),
    threads: 1
    resources:
        gpu=lambda w: method_gpus(swept(w)),
    log:
        RESULTS + "/logs/sweeps/{sweep}/{split}/seed{seed}.log",
    benchmark:
        RESULTS + "/benchmarks/sweeps/{sweep}/{split}/seed{seed}.tsv"
    shell:
        "{ON_GPUS} {resources.gpu} {PYTHON} -m mgah.training.sweep --images {input.images} --dataset-card {input.card}"
        " --features {params.features} --split {input.split} --semantics {input.semantics}"
        " --semantics-name {params.source} {params.entry} {params.label}"
        " --parameters {params.parameters:q} --data-dir {DATA_DIR} {params.weights}"
        " --sweep {wildcards.sweep} --vary {params.vary:q} --bits {params.bits} --seed {wildcards.seed}"
        " --codes {output.codes} --models {output.models} > {log} 2>&1"


rule score_sweep:
    input:
        codes=lambda w: expand(SWEEP_CODES, sweep=w.sweep, split=sweep_of(w)["splits"], seed=sweep_of(w)["seeds"]),
        leaks=at_sweep(LEAKS),
    output:
        SWEEP + ".csv",
    params:
        code=code("mgah/evaluation/__main__.py"),
    log:
        RESULTS + "/logs/evaluation/sweeps/{sweep}.log",
    benchmark:
        RESULTS + "/benchmarks/evaluation/sweeps/{sweep}.tsv"
    shell:
        "{PYTHON} -m mgah.evaluation sweep --output {output} --leaks {input.leaks} {input.codes} > {log} 2>&1"


rule collect_sweeps:
    input:
        lambda w: expand(SWEEP + ".csv", sweep=studies.sweeps_of(config, sizes=w.what == "sizes")),
    output:
        RESULTS + "/{what}.csv",
    wildcard_constraints:
        what="sensitivity|sizes",
    params:
        code=code("mgah/report/__main__.py"),
    log:
        RESULTS + "/logs/report/{what}.log",
    benchmark:
        RESULTS + "/benchmarks/report/{what}.tsv"
    shell:
        "{PYTHON} -m mgah.report collect-sweeps --output {output} {input} > {log} 2>&1"
