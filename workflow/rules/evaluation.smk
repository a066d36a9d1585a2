# Evaluation: codes to scores. It reads codes only, so a new metric trains nothing again.
COMPARISONS = RESULTS + "/comparisons.csv"
CURVES = RESULTS + "/curves.csv"
CONFUSION = RESULTS + "/confusion.csv"


def scores_of(experiment):
    """Score files of one experiment, one a method."""
    methods = settings.methods_of(config, experiment)
    return [f"{SCORES}.csv".format(**experiment, method=method) for method in methods]


def scored_codes(suffix):
    """Files `suffix` of all methods that make codes, in one order."""
    return [
        f"{SCORES}{suffix}".format(**experiment, method=method)
        for experiment in EXPERIMENTS
        for method in settings.coding_methods(config, experiment)
    ]


def coding_fits(wildcards):
    """Codes files of the job's method."""
    return codes_of(dict(wildcards), wildcards.method)


def shown_codes(wildcards):
    """Codes of the methods and of the code length that galleries and confusions show, of every split and seed."""
    asked = pictures.gallery(config)
    return [
        file
        for experiment in asked["experiments"]
        for method in asked["methods"]
        for file in codes_of(experiment, method)
        if file.endswith(f"/{asked['bits']}.npz")
    ]


def in_experiments(lists):
    """Wildcard pattern of the methods that `lists` gives for any experiment."""
    return "|".join(sorted({method for experiment in EXPERIMENTS for method in lists(config, experiment)})) or "(?!)"


rule evaluation:
    input:
        [file for experiment in EXPERIMENTS for file in scores_of(experiment)],


rule score_codes:
    input:
        codes=coding_fits,
        leaks=LEAKS,
    output:
        scores=SCORES + ".csv",
        counts=SCORES + ".counts.npz",
    wildcard_constraints:
        method=in_experiments(settings.coding_methods),
    params:
        code=code("mgah/evaluation/__main__.py"),
    log:
        RESULTS + "/logs/evaluation/" + EXPERIMENT + "/{method}.log",
    benchmark:
        RESULTS + "/benchmarks/evaluation/" + EXPERIMENT + "/{method}.tsv"
    shell:
        "{PYTHON} -m mgah.evaluation score --output {output.scores} --counts {output.counts} --leaks {input.leaks}"
        " {input.codes} > {log} 2>&1"


rule score_features:
    input:
        images=IMAGES,
        card=DATASET,
        features=FEATURES + "/features.npy",
        features_card=FEATURES + "/card.json",
        leaks=LEAKS,
        splits=lambda w: expand(SPLIT, dataset=w.dataset, split=splits_of(w.dataset)),
    output:
        scores=SCORES + ".csv",
    wildcard_constraints:
        method=in_experiments(settings.reference_lines),
    params:
        method=lambda w: method_of(w)["method"],
        label=lambda w: option("--label", method_of(w)["label"]),
        parameters=lambda w: json.dumps(method_of(w)["parameters"]),
        seed=SEEDS[0],
        features=FEATURES,
        code=lambda w: code("mgah/evaluation/__main__.py", method_file(method_of(w)["method"])),
    threads: MANY
    log:
        RESULTS + "/logs/evaluation/" + EXPERIMENT + "/{method}.log",
    benchmark:
        RESULTS + "/benchmarks/evaluation/" + EXPERIMENT + "/{method}.tsv"
    shell:
        "{PYTHON} -m mgah.evaluation no-coding --output {output.scores} --leaks {input.leaks} --images {input.images}"
        " --dataset-card {input.card} --features {params.features} --method {params.method}"
        " --parameters {params.parameters:q}"
        " --variant {wildcards.method} {params.label} --semantics-name {wildcards.semantics} --seed {params.seed}"
        " --splits {input.splits} > {log} 2>&1"


rule compare:
    input:
        scored_codes(".counts.npz"),
    output:
        COMPARISONS,
    params:
        reference=config["comparison"]["reference"],
        bits=config["comparison"]["bits"],
        baselines=settings.compared_baselines(config),
        seed=config["split_seed"],
        code=code("mgah/evaluation/compare.py"),
    log:
        RESULTS + "/logs/evaluation/comparisons.log",
    benchmark:
        RESULTS + "/benchmarks/evaluation/comparisons.tsv"
    shell:
        "{PYTHON} -m mgah.evaluation.compare --reference {params.reference} --baselines {params.baselines}"
        " --bits {params.bits} --seed {params.seed} --output {output} -- {input} > {log} 2>&1"


rule trace_curves:
    input:
        scores=scored_codes(".csv"),
        counts=scored_codes(".counts.npz"),
    output:
        CURVES,
    params:
        code=code("mgah/evaluation/curves.py"),
    log:
        RESULTS + "/logs/evaluation/curves.log",
    benchmark:
        RESULTS + "/benchmarks/evaluation/curves.tsv"
    shell:
        "{PYTHON} -m mgah.evaluation.curves --counts {input.counts} --scores {input.scores} --output {output}"
        " > {log} 2>&1"


rule find_confusions:
    input:
        shown_codes,
    output:
        CONFUSION,
    params:
        code=code("mgah/evaluation/confusion.py"),
    log:
        RESULTS + "/logs/evaluation/confusion.log",
    benchmark:
        RESULTS + "/benchmarks/evaluation/confusion.tsv"
    shell:
        "{PYTHON} -m mgah.evaluation.confusion --output {output} {input} > {log} 2>&1"
