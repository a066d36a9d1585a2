# Features: every image through a backbone, and what of the unseen classes that backbone has seen before.


rule features:
    input:
        per_experiment(FEATURES + "/features.npy"),


rule extract_features:
    input:
        images=IMAGES,
    output:
        features=FEATURES + "/features.npy",
        card=FEATURES + "/card.json",
    params:
        options=lambda w: json.dumps(dataset_settings(w).get("options", {})),
        weights=lambda w: option("--weights", config["backbones"].get(w.backbone, {}).get("weights")),
        backbone_options=lambda w: json.dumps(config["backbones"].get(w.backbone, {}).get("options", {})),
        folder=FEATURES,
        code=lambda w: code(
            "mgah/features/__main__.py", f"mgah/features/{w.backbone}.py", f"mgah/data/{w.dataset}.py"
        ),
    threads: MANY
    log:
        RESULTS + "/logs/features/{dataset}/{backbone}.log",
    benchmark:
        RESULTS + "/benchmarks/features/{dataset}/{backbone}.tsv"
    shell:
        "{PYTHON} -m mgah.features --dataset {wildcards.dataset} --data-dir {DATA_DIR} --options {params.options:q}"
        " --images {input.images} --backbone {wildcards.backbone} --output {params.folder}"
        " --backbone-options {params.backbone_options:q} {params.weights} --device {DEVICE} --threads {threads} 2>&1 | tee {log}"


rule mark_leaks:
    input:
        card=DATASET,
    output:
        LEAKS,
    params:
        code=lambda w: code(
            "mgah/leaks/__main__.py", f"mgah/features/{w.backbone}.py", "mgah/features/imagenet1k_wnids.txt"
        ),
    log:
        RESULTS + "/logs/leaks/{dataset}/{backbone}.log",
    benchmark:
        RESULTS + "/benchmarks/leaks/{dataset}/{backbone}.tsv"
    shell:
        "{PYTHON} -m mgah.leaks --dataset-card {input.card} --backbone {wildcards.backbone} --data-dir {DATA_DIR}"
        " --output {output} 2>&1 | tee {log}"
