# Evaluation: codes to scores. It reads codes only, so a new metric trains nothing again.


def scores_of(setting):
    """Score files of one setting, one a method or reference line."""
    names = [*experiments.methods_of(config, setting), *experiments.reference_lines(config, setting)]
    return [f"{SCORES}.csv".format(**setting, method=name) for name in names]


def scored_codes(suffix):
    """Files `suffix` of all methods that make codes, in one order."""
    return [
        f"{SCORES}{suffix}".format(**setting, method=method)
        for setting in SETTINGS
        for method in experiments.methods_of(config, setting)
    ]


def measured():
    """Measures of all methods that make codes, where the config asks for some."""
    asked = config["measures"]
    files = scored_codes(".measures.csv") if any(asked.values()) else []
    return files + (scored_codes(".asymmetric.csv") if asked["asymmetric"] else [])


def outputs_gpus(wildcards):
    """GPUs of a job that computes the queries' outputs: only a network that was trained along uses one."""
    return training_gpus(wildcards) if components.trains_backbone(method_of(wildcards)) else 0


def contrasted_scores():
    """Score files of the methods of all contrasts and of the lines without coding, in each of their settings."""
    return [
        f"{SCORES}.csv".format(**setting, method=name)
        for setting, names in contrasts.places(config)
        for name in [*names, NO_CODING]
    ]


def shown_codes(wildcards):
    """Codes of the methods and of the code length that galleries and confusions show, of every split and seed."""
    asked = pictures.gallery(config)
    return [
        file
        for setting in asked["settings"]
        for method in asked["methods"]
        for file in codes_of(setting, method)
        if Path(file).stem == str(asked["bits"])
    ]


def folders_of(files):
    """The folders of the fits that `files` lie in, each once."""
    return list(dict.fromkeys(str(Path(file).parent) for file in files))


rule evaluation:
    input:
        [file for setting in SETTINGS for file in scores_of(setting)],


rule score_codes:
    input:
        fits=lambda w: fits_of(CODES, dict(w), w.method),
        leaks=LEAKS,
    output:
        scores=f"{SCORES}.csv",
        counts=f"{SCORES}.counts.npz",
    log:
        f"{RESULTS}/logs/evaluation/{SETTING}/{{method}}.log",
    wildcard_constraints:
        method="|".join(config["methods"]),
    group:
        joined("scores", "score_codes")
    resources:
        **asks("score_codes"),
    params:
        codes=lambda w: codes_of(dict(w), w.method),
        code=code("mgah/evaluation/__main__.py"),
    shell:
        "{JOB} evaluation {log} mgah.evaluation score --output {output.scores} --counts {output.counts} --leaks {input.leaks}"
        " {params.codes} > {log} 2>&1"


# What other papers print, from the same codes.
rule measure_codes:
    input:
        fits=lambda w: fits_of(CODES, dict(w), w.method),
        leaks=LEAKS,
    output:
        f"{SCORES}.measures.csv",
    log:
        # one folder deeper than those of methods, among which benchmarks.csv would count it
        f"{RESULTS}/logs/evaluation/measures/{SETTING}/{{method}}.log",
    wildcard_constraints:
        method="|".join(config["methods"]),
    group:
        joined("scores", "measure_codes")
    resources:
        **asks("measure_codes"),
    params:
        codes=lambda w: codes_of(dict(w), w.method),
        ranks=config["measures"]["ranks"],
        precision_ranks=config["measures"]["precision_ranks"],
        code=code("mgah/evaluation/measures.py"),
    shell:
        "{JOB} evaluation {log} mgah.evaluation.measures --output {output} --leaks {input.leaks} --ranks {params.ranks}"
        " --precision-ranks {params.precision_ranks} -- {params.codes} > {log} 2>&1"


# The distance of real query values to the database's bits: queries pass through the stored models once more.
rule measure_outputs:
    input:
        fits=lambda w: fits_of(CODES, dict(w), w.method),
        models=lambda w: fits_of(MODELS, dict(w), w.method),
        store=lambda w: f"{store_of(w)}/features.npy",
        store_card=lambda w: f"{store_of(w)}/card.json",
        leaks=LEAKS,
    output:
        f"{SCORES}.asymmetric.csv",
    log:
        # one folder deeper than those of methods, among which benchmarks.csv would count it
        f"{RESULTS}/logs/evaluation/asymmetric/{SETTING}/{{method}}.log",
    wildcard_constraints:
        method="|".join(config["methods"]),
    group:
        joined("scores", "measure_outputs", alone=outputs_gpus)
    resources:
        **asks("measure_outputs", gpus=outputs_gpus),
    params:
        store=store_of,
        codes=lambda w: codes_of(dict(w), w.method),
        models=lambda w: models_of(dict(w), w.method),
        ranks=config["measures"]["ranks"],
        code=code("mgah/evaluation/asymmetric.py"),
    shell:
        "{ON_GPUS} {resources.gpu} {JOB} evaluation {log} mgah.evaluation.asymmetric --output {output} --leaks {input.leaks}"
        " --store {params.store} --device {DEVICE} --ranks {params.ranks} --codes {params.codes} --models {params.models}"
        " > {log} 2>&1"


rule score_features:
    input:
        images=IMAGES,
        card=DATASET,
        features=f"{FEATURES}/features.npy",
        features_card=f"{FEATURES}/card.json",
        leaks=LEAKS,
        splits=lambda w: expand(SPLIT, dataset=w.dataset, split=experiments.splits_of(config, w)),
    output:
        scores=f"{RESULTS}/scores/{SETTING}/{{line}}.csv",
    log:
        f"{RESULTS}/logs/evaluation/{SETTING}/{{line}}.log",
    wildcard_constraints:
        line="|".join(REFERENCE_LINES),
    group:
        joined("scores", "score_features")
    threads: MANY
    resources:
        **asks("score_features"),
    params:
        seed=SEEDS[0],
        features=subpath(input.features, parent=True),
        code=code("mgah/evaluation/no_coding.py"),
    shell:
        "{JOB} evaluation {log} mgah.evaluation.no_coding --output {output.scores} --leaks {input.leaks} --images {input.images}"
        " --dataset-card {input.card} --features {params.features} --semantics-name {wildcards.semantics}"
        " --seed {params.seed} --splits {input.splits} > {log} 2>&1"


rule compare:
    input:
        scored_codes(".counts.npz"),
    output:
        tidy("comparisons"),
    log:
        f"{RESULTS}/logs/evaluation/comparisons.log",
    group:
        joined("report", "compare")
    resources:
        **asks("compare"),
    params:
        reference=config["comparison"]["reference"],
        bits=config["comparison"]["bits"],
        baselines=settings.compared_baselines(config),
        development=json.dumps(settings.development_splits(config)),
        code=code("mgah/evaluation/compare.py"),
    shell:
        "{JOB} evaluation {log} mgah.evaluation.compare --reference {params.reference} --baselines {params.baselines}"
        " --bits {params.bits} --development {params.development:q} --output {output} -- {input} > {log} 2>&1"


rule contrast:
    input:
        contrasted_scores(),
    output:
        tidy("contrasts"),
    log:
        f"{RESULTS}/logs/evaluation/contrasts.log",
    group:
        joined("report", "contrast")
    resources:
        **asks("contrast"),
    params:
        contrasts=json.dumps(config["contrasts"]),
        development=json.dumps(settings.development_splits(config)),
        code=code("mgah/evaluation/contrasts.py"),
    shell:
        "{JOB} evaluation {log} mgah.evaluation.contrasts --contrasts {params.contrasts:q}"
        " --development {params.development:q} --output {output} -- {input} > {log} 2>&1"


rule trace_curves:
    input:
        scores=scored_codes(".csv"),
        counts=scored_codes(".counts.npz"),
    output:
        tidy("curves"),
    log:
        f"{RESULTS}/logs/evaluation/curves.log",
    group:
        joined("report", "trace_curves")
    resources:
        **asks("trace_curves"),
    params:
        code=code("mgah/evaluation/curves.py"),
    shell:
        "{JOB} evaluation {log} mgah.evaluation.curves --counts {input.counts} --scores {input.scores} --output {output}"
        " > {log} 2>&1"


rule find_confusions:
    input:
        lambda w: folders_of(shown_codes(w)),
    output:
        tidy("confusion"),
    log:
        f"{RESULTS}/logs/evaluation/confusion.log",
    group:
        joined("report", "find_confusions")
    resources:
        **asks("find_confusions"),
    params:
        codes=shown_codes,
        code=code("mgah/evaluation/confusion.py"),
    shell:
        "{JOB} evaluation {log} mgah.evaluation.confusion --output {output} {params.codes} > {log} 2>&1"
