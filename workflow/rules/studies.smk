# Studies: a method and its variants. An ablation's variants are fitted as any method, a sweep's in one job a split and
# seed (train.smk); both are scored apart from the line-up. So are the features of networks that methods have trained.
ABLATION = f"{RESULTS}/ablations/{SETTING}"
TRAINED_FEATURES = f"{RESULTS}/trained_features/{FIT}.csv"
SCORE_TRAINED_FEATURES = (
    f"{{ON_GPUS}} {{resources.gpu}} {{JOB}} {{params.kind}} {{log}} mgah.evaluation.trained_features {JOB_OPTIONS}"
    " --models {input.models} --leaks {input.leaks} --output {output} > {log} 2>&1"
)
# Wildcards of the experiments of the ablation, side by side.
ABLATED = {
    key: [experiment[key] for experiment in config["ablation"]["experiments"]]
    for key in ("dataset", "backbone", "semantics")
}


def ablation_fits(wildcards):
    """Folders of codes of the method and its variants in the job's setting."""
    block = studies.ablation_block(config, dict(wildcards))
    methods = studies.ablated_methods(config)
    return expand(CODES, **dict(wildcards), method=methods, split=block["splits"], seed=block["seeds"])


def ablation_codes(wildcards):
    """Codes files of the method and its variants in the job's setting."""
    lengths = studies.ablation_block(config, dict(wildcards))["bits"]
    return [f"{folder}/{bits}.npz" for folder in ablation_fits(wildcards) for bits in lengths]


def sweep_fits(wildcards):
    """Folders of codes of the job's sweep."""
    sweep = config["sweeps"][wildcards.sweep]
    return expand(SWEEP_CODES, sweep=wildcards.sweep, split=sweep["splits"], seed=sweep["seeds"])


use rule score_codes as score_ablation with:
    input:
        fits=ablation_fits,
        leaks=LEAKS,
    output:
        scores=f"{ABLATION}.csv",
        counts=f"{ABLATION}.counts.npz",
    log:
        # one folder deeper than those of methods, among which benchmarks.csv would count it
        f"{RESULTS}/logs/evaluation/ablations/{SETTING}/all.log",
    group:
        joined("scores", "score_ablation")
    resources:
        **asks("score_ablation"),
    params:
        codes=ablation_codes,
        code=code("mgah/evaluation/__main__.py"),


rule score_sweep:
    input:
        codes=sweep_fits,
        leaks=lambda w: LEAKS.format(**training.place_of(config, dict(w))),
    output:
        f"{SWEEP}.csv",
    log:
        f"{RESULTS}/logs/evaluation/sweeps/{{sweep}}.log",
    group:
        joined("scores", "score_sweep")
    resources:
        **asks("score_sweep"),
    params:
        code=code("mgah/evaluation/__main__.py"),
    shell:
        "{JOB} evaluation {log} mgah.evaluation sweep --output {output} --leaks {input.leaks} {input.codes} > {log} 2>&1"


def refit_options(wildcards):
    """What the job fits on the features of the trained networks."""
    return shlex.join(["--refit", json.dumps(trained_features.refits(config, dict(wildcards)))])


# Feature learning apart from coding: other methods on the features of the networks that one fit has trained.
rule score_trained_features:
    input:
        unpack(training_inputs),
        models=MODELS,
        leaks=LEAKS,
    output:
        TRAINED_FEATURES,
    log:
        f"{RESULTS}/logs/evaluation/trained_features/{FIT}.log",
    threads: 1
    resources:
        **asks("score_trained_features", gpus=training_gpus),
    params:
        store=store_of,
        method=method_options,
        bits=lambda w: trained_features.scored_bits(config, dict(w)),
        seed=lambda w: w.seed,
        options=refit_options,
        kind=training_kind,
        code=lambda w: code(*trained_features.modules(config, dict(w))),
    shell:
        SCORE_TRAINED_FEATURES


rule ablation:
    input:
        expand(f"{ABLATION}.csv", zip, **ABLATED),


rule sweeps:
    input:
        expand(f"{SWEEP}.csv", sweep=config["sweeps"]),
