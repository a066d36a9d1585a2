# Ablation: a method and its variants, fitted as any method, and scored apart from the line-up.
ABLATION = RESULTS + "/ablations/" + EXPERIMENT
ALL_ABLATIONS = RESULTS + "/ablations.csv"
ABLATION_NOTES = RESULTS + "/ablation_notes.csv"
ABLATION_COMPARISONS = RESULTS + "/ablation_comparisons.csv"
# Wildcards of the experiments of the ablation, side by side.
ABLATED = {
    key: [experiment[key] for experiment in config["ablation"]["experiments"]]
    for key in ("dataset", "backbone", "semantics")
}


def ablation_fits(wildcards):
    """Codes files of the method and its variants in the job's experiment."""
    (experiment,) = [e for e in config["ablation"]["experiments"] if dict(wildcards).items() <= e.items()]
    return [file for method in studies.ablated_methods(config) for file in codes_of(experiment, method)]


use rule score_codes as score_ablation with:
    input:
        codes=ablation_fits,
        leaks=LEAKS,
    output:
        scores=ABLATION + ".csv",
        counts=ABLATION + ".counts.npz",
    log:
        RESULTS + "/logs/evaluation/ablations/" + EXPERIMENT + ".log",
    benchmark:
        # one folder deeper than those of methods, among which benchmarks.csv would count it
        RESULTS + "/benchmarks/evaluation/ablations/" + EXPERIMENT + "/all.tsv"


use rule compare as compare_ablation with:
    input:
        expand(ABLATION + ".counts.npz", zip, **ABLATED),
    output:
        ABLATION_COMPARISONS,
    params:
        reference=config["ablation"]["method"] or config["comparison"]["reference"],
        bits=config["comparison"]["bits"],
        baselines=[],
        seed=config["split_seed"],
        code=code("mgah/evaluation/compare.py"),
    log:
        RESULTS + "/logs/evaluation/ablation_comparisons.log",
    benchmark:
        RESULTS + "/benchmarks/evaluation/ablation_comparisons.tsv"


rule ablation:
    input:
        expand(ABLATION + ".csv", zip, **ABLATED),
