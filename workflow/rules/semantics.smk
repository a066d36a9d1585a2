# Class semantics: attributes, word vectors or path similarity of all classes of a dataset.


def semantics_source(wildcards):
    """Name in the registry of the job's source."""
    return components.source_of(config, wildcards.dataset, wildcards.semantics)[0]


def semantics_options(wildcards):
    """The config's options of the job's source."""
    return components.source_of(config, wildcards.dataset, wildcards.semantics)[1]


def shipped_files(options):
    """Data files of this repository that a source with these options reads."""
    folder = Path(REPOSITORY, "mgah/semantics", options.get("builtin", ""))
    return sorted(path for path in folder.iterdir() if path.suffix != ".py" and path.is_file())


rule semantics:
    input:
        per_setting(SEMANTICS),


rule class_semantics:
    input:
        card=DATASET,
    output:
        SEMANTICS,
    log:
        f"{RESULTS}/logs/semantics/{{dataset}}/{{semantics}}.log",
    group:
        joined("data", "class_semantics")
    resources:
        **asks("class_semantics"),
    params:
        source=semantics_source,
        options=lambda w: json.dumps(semantics_options(w)),
        raw=lambda w: raw(raw_data.of_semantics(config, w.dataset, w.semantics)),
        code=lambda w: code(
            "mgah/semantics/__main__.py",
            registry.find("semantics", semantics_source(w)).file,
            *shipped_files(semantics_options(w)),
        ),
    shell:
        "{JOB} data {log} mgah.semantics --dataset-card {input.card} --source {params.source}"
        " --options {params.options:q} --data-dir {DATA_DIR} --output {output} > {log} 2>&1"
