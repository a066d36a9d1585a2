# Ablation: a method and its variants, fitted as any method, and scored apart from the line-up.
ABLATION = RESULTS + "/ablations/" + EXPERIMENT
ALL_ABLATIONS = RESULTS + "/ablations.csv"


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
        RESULTS + "/benchmarks/evaluation/ablations/" + EXPERIMENT + ".tsv"


rule ablation:
    input:
        expand(ABLATION + ".csv", zip, **{
            key: [experiment[key] for experiment in config["ablation"]["experiments"]]
            for key in ("dataset", "backbone", "semantics")
        }),
