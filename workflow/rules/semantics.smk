# Class semantics: attributes, word vectors or path similarity of all classes of a dataset.


rule semantics:
    input:
        per_experiment(SEMANTICS),


rule class_semantics:
    input:
        card=DATASET,
    output:
        SEMANTICS,
    params:
        options=lambda w: json.dumps(dataset_settings(w)["semantics"][w.semantics]),
        code=lambda w: code("mgah/semantics/__main__.py", f"mgah/semantics/{w.semantics}.py"),
    log:
        RESULTS + "/logs/semantics/{dataset}/{semantics}.log",
    benchmark:
        RESULTS + "/benchmarks/semantics/{dataset}/{semantics}.tsv"
    shell:
        "{PYTHON} -m mgah.semantics --dataset-card {input.card} --source {wildcards.semantics}"
        " --options {params.options:q} --data-dir {DATA_DIR} --output {output} 2>&1 | tee {log}"
