# Data: every image found, decoded once, with a stable id.


rule data:
    input:
        per_setting(IMAGES),


rule index_images:
    output:
        images=IMAGES,
        card=DATASET,
    log:
        f"{RESULTS}/logs/data/{{dataset}}.log",
    group:
        joined("data", "index_images")
    threads: 1
    resources:
        **asks("index_images"),
    params:
        dataset=dataset_module,
        options=lambda w: json.dumps(dataset_settings(w).get("options", {})),
        raw=lambda w: raw(raw_data.of_dataset(config, w.dataset)),
        unreadable=lambda w: dataset_settings(w).get("unreadable", "stop"),
        code=lambda w: code("mgah/datasets/__main__.py", dataset_file(w)),
    shell:
        "{JOB} data {log} mgah.datasets --dataset {params.dataset} --name {wildcards.dataset} --data-dir {DATA_DIR}"
        " --options {params.options:q}"
        " --splits {ALL_SPLITS} --split-seed {config[split_seed]}"
        " --unreadable {params.unreadable} --figures {OF_CLASSES} --images {output.images} --card {output.card} --threads {threads}"
        " > {log} 2>&1"
