# Splits: which classes are unseen, which images train, query and are searched.


rule splits:
    input:
        [
            SPLIT.format(dataset=name, split=split)
            for name, block in config["datasets"].items()
            for split in block["splits"]
        ],


rule draw_split:
    input:
        images=IMAGES,
    output:
        SPLIT,
    log:
        f"{RESULTS}/logs/splits/{{dataset}}/{{split}}.log",
    group:
        joined("data", "draw_split")
    resources:
        **asks("draw_split"),
    params:
        dataset=dataset_module,
        training=lambda w: dataset_settings(w)["training"],
        queries=lambda w: dataset_settings(w)["queries"],
        seen_queries=lambda w: dataset_settings(w)["seen_queries"],
        seed=config["split_seed"],
        balanced=lambda w: "--balanced" if dataset_settings(w).get("balanced") else "",
        code=lambda w: code("mgah/splits/__main__.py", dataset_file(w)),
    shell:
        "{JOB} data {log} mgah.splits --dataset {params.dataset} --name {wildcards.dataset} --split {wildcards.split}"
        " --images {input.images}"
        " --training {params.training} --queries {params.queries} --seen-queries {params.seen_queries}"
        " --seed {params.seed} {params.balanced} --splits {ALL_SPLITS} --output {output} > {log} 2>&1"
