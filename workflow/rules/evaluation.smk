# Evaluation: codes to scores. It reads codes only, so a new metric trains nothing again.


def scores_of(experiment):
    """Score files of one experiment, one a method."""
    names = [*settings.methods_of(config, experiment), *settings.reference_lines(experiment)]
    return [f"{SCORES}.csv".format(**experiment, method=name) for name in names]


def scored_codes(suffix):
    """Files `suffix` of all methods that make codes, in one order."""
    return [
        f"{SCORES}{suffix}".format(**experiment, method=method)
        for experiment in EXPERIMENTS
        for method in settings.methods_of(config, experiment)
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
        if Path(file).stem == str(asked["bits"])
    ]


rule evaluation:
    input:
        [file for experiment in EXPERIMENTS for file in scores_of(experiment)],


rule score_codes:
    input:
        codes=coding_fits,
        leaks=LEAKS,
    output:
        scores=f"{SCORES}.csv",
        counts=f"{SCORES}.counts.npz",
    log:
        f"{RESULTS}/logs/evaluation/{EXPERIMENT}/{{method}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/evaluation/{EXPERIMENT}/{{method}}.tsv"
    wildcard_constraints:
        method="|".join(config["methods"]),
    params:
        code=code("mgah/evaluation/__main__.py"),
    shell:
        "{PYTHON} -m mgah.evaluation score --output {output.scores} --counts {output.counts} --leaks {input.leaks}"
        " {input.codes} > {log} 2>&1"


rule score_features:
    input:
        images=IMAGES,
        card=DATASET,
        features=f"{FEATURES}/features.npy",
        features_card=f"{FEATURES}/card.json",
        leaks=LEAKS,
        splits=lambda w: expand(SPLIT, dataset=w.dataset, split=splits_of(w.dataset)),
    output:
        scores=f"{RESULTS}/scores/{EXPERIMENT}/{{line}}.csv",
    log:
        f"{RESULTS}/logs/evaluation/{EXPERIMENT}/{{line}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/evaluation/{EXPERIMENT}/{{line}}.tsv"
    wildcard_constraints:
        line="|".join(REFERENCE_LINES),
    threads: MANY
    params:
        seed=SEEDS[0],
        features=subpath(input.features, parent=True),
        code=code("mgah/evaluation/no_coding.py"),
    shell:
        "{PYTHON} -m mgah.evaluation.no_coding --output {output.scores} --leaks {input.leaks} --images {input.images}"
        " --dataset-card {input.card} --features {params.features} --semantics-name {wildcards.semantics}"
        " --seed {params.seed} --splits {input.splits} > {log} 2>&1"


rule compare:
    input:
        scored_codes(".counts.npz"),
    output:
        tidy("comparisons"),
    log:
        f"{RESULTS}/logs/evaluation/comparisons.log",
    benchmark:
        f"{RESULTS}/benchmarks/evaluation/comparisons.tsv"
    params:
        reference=config["comparison"]["reference"],
        bits=config["comparison"]["bits"],
        baselines=settings.compared_baselines(config),
        seed=config["split_seed"],
        code=code("mgah/evaluation/compare.py"),
    shell:
        "{PYTHON} -m mgah.evaluation.compare --reference {params.reference} --baselines {params.baselines}"
        " --bits {params.bits} --seed {params.seed} --output {output} -- {input} > {log} 2>&1"


rule trace_curves:
    input:
        scores=scored_codes(".csv"),
        counts=scored_codes(".counts.npz"),
    output:
        tidy("curves"),
    log:
        f"{RESULTS}/logs/evaluation/curves.log",
    benchmark:
        f"{RESULTS}/benchmarks/evaluation/curves.tsv"
    params:
        code=code("mgah/evaluation/curves.py"),
    shell:
        "{PYTHON} -m mgah.evaluation.curves --counts {input.counts} --scores {input.scores} --output {output}"
        " > {log} 2>&1"


rule find_confusions:
    input:
        shown_codes,
    output:
        tidy("confusion"),
    log:
        f"{RESULTS}/logs/evaluation/confusion.log",
    benchmark:
        f"{RESULTS}/benchmarks/evaluation/confusion.tsv"
    params:
        code=code("mgah/evaluation/confusion.py"),
    shell:
        "{PYTHON} -m mgah.evaluation.confusion --output {output} {input} > {log} 2>&1"
