# Pictures: what the figures of single batches and images show, from trainings, codes and images.
GRAPHS = RESULTS + "/graphs/" + FIT + "/{bits}.csv"


def graphs_file():
    """The similarity graphs that are shown."""
    return GRAPHS.format(**pictures.graphs(config))


rule sample_graphs:
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
        GRAPHS,
    params:
        method=lambda w: method_of(w)["method"],
        label=lambda w: option("--label", method_of(w)["label"]),
        parameters=lambda w: json.dumps(method_of(w)["parameters"]),
        choice=lambda w, input: option("--choice", input.get("choice")),
        bits=BITS,
        features=FEATURES,
        weights=lambda w: option("--network-weights", next(iter(network_weights(w)), None)),
        code=lambda w: code("mgah/method/graphs.py", *network_file(method_of(w)["parameters"])),
    threads: 1
    resources:
        gpu=method_gpus,
    log:
        RESULTS + "/logs/graphs/" + FIT + "/{bits}.log",
    benchmark:
        RESULTS + "/benchmarks/graphs/" + FIT + "/{bits}.tsv"
    shell:
        "{ON_GPUS} {resources.gpu} {PYTHON} -m mgah.method.graphs --images {input.images} --dataset-card {input.card}"
        " --features {params.features} --split {input.split} --semantics {input.semantics}"
        " --semantics-name {wildcards.semantics} --method {params.method} --variant {wildcards.method} {params.label}"
        " --parameters {params.parameters:q} --data-dir {DATA_DIR} {params.weights} {params.choice}"
        " --bits {params.bits} --shown {wildcards.bits} --seed {wildcards.seed} --output {output} 2>&1 | tee {log}"
