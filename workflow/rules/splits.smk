# Splits: which classes are unseen, which images train, query and are searched.


rule splits:
    input:
        [SPLIT.format(dataset=name, split=split) for name in config["datasets"] for split in splits_of(name)],


rule draw_split:
    input:
        images=IMAGES,
    output:
        SPLIT,
    log:
        f"{RESULTS}/logs/splits/{{dataset}}/{{split}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/splits/{{dataset}}/{{split}}.tsv"
    params:
        training=lambda w: dataset_settings(w)["training"],
        queries=lambda w: dataset_settings(w)["queries"],
        seen_queries=lambda w: dataset_settings(w)["seen_queries"],
        seed=config["split_seed"],
        code=lambda w: code("mgah/splits/__main__.py", registry.find("datasets", w.dataset).file),
    shell:
        "{PYTHON} -m mgah.splits --dataset {wildcards.dataset} --split {wildcards.split} --images {input.images}"
        " --training {params.training} --queries {params.queries} --seen-queries {params.seen_queries}"
        " --seed {params.seed} --output {output} > {log} 2>&1"
