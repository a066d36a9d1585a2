# Studies: a method and its variants. An ablation's variants are fitted as any method, a sweep's in one job a split and
# seed (train.smk); both are scored apart from the line-up.
ABLATION = f"{RESULTS}/ablations/{SETTING}"
# Wildcards of the experiments of the ablation, side by side.
ABLATED = {
    key: [experiment[key] for experiment in config["ablation"]["experiments"]]
    for key in ("dataset", "backbone", "semantics")
}


def ablation_block(wildcards):
    """The config's block of the ablation in the job's setting."""
    (block,) = [e for e in config["ablation"]["experiments"] if dict(wildcards).items() <= e.items()]
    return block


def ablation_fits(wildcards):
    """Folders of codes of the method and its variants in the job's setting."""
    block = ablation_block(wildcards)
    methods = studies.ablated_methods(config)
    return expand(CODES, **dict(wildcards), method=methods, split=block["splits"], seed=block["seeds"])


def ablation_codes(wildcards):
    """Codes files of the method and its variants in the job's setting."""
    lengths = ablation_block(wildcards)["bits"]
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
        f"{RESULTS}/logs/evaluation/ablations/{SETTING}.log",
    benchmark:
        # one folder deeper than those of methods, among which benchmarks.csv would count it
        f"{RESULTS}/benchmarks/evaluation/ablations/{SETTING}/all.tsv"
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
    benchmark:
        f"{RESULTS}/benchmarks/evaluation/sweeps/{{sweep}}.tsv"
    params:
        code=code("mgah/evaluation/__main__.py"),
    shell:
        "{PYTHON} -m mgah.evaluation sweep --output {output} --leaks {input.leaks} {input.codes} > {log} 2>&1"


rule ablation:
    input:
        expand(f"{ABLATION}.csv", zip, **ABLATED),


rule sweeps:
    input:
        expand(f"{SWEEP}.csv", sweep=config["sweeps"]),
