# Features: every image through a backbone, and what of the unseen classes that backbone has seen before.


def extraction_gpus(wildcards):
    """GPUs of an extraction: a backbone that is no torch network has no use for one."""
    return gpus(config["device"]) if settings.is_network(config, wildcards.backbone) else 0


def weights_option(wildcards):
    """Weights of the job's backbone: those that are given in the data folder, or those that a job here trains."""
    backbone = backbone_of(wildcards)
    if "pretrained" in backbone:
        weights = PRETRAINED.format(pretraining=backbone["pretrained"])
        return f'--weights "$PWD"/{weights}.safetensors'
    return option("--weights", backbone.get("weights"))


def pretrained_files(wildcards):
    """Weights and card, for a backbone that a job here trains."""
    training = backbone_of(wildcards).get("pretrained")
    return multiext(PRETRAINED.format(pretraining=training), ".safetensors", ".json") if training else []


rule features:
    input:
        per_experiment(f"{FEATURES}/features.npy"),


rule extract_features:
    input:
        images=IMAGES,
        weights=pretrained_files,
    output:
        features=f"{FEATURES}/features.npy",
        card=f"{FEATURES}/card.json",
    log:
        f"{RESULTS}/logs/features/{{dataset}}/{{backbone}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/features/{{dataset}}/{{backbone}}.tsv"
    threads: MANY
    resources:
        gpu=extraction_gpus,
    params:
        options=lambda w: json.dumps(dataset_settings(w).get("options", {})),
        backbone=lambda w: backbone_of(w)["backbone"],
        backbone_options=lambda w: json.dumps(backbone_of(w).get("options", {})),
        weights=weights_option,
        raw=lambda w: raw(dataset_settings(w).get("options", {}), backbone_of(w)),
        folder=subpath(output.features, parent=True),
        code=lambda w: code(
            "mgah/backbones/__main__.py",
            registry.find("backbones", backbone_of(w)["backbone"]).file,
            registry.find("datasets", w.dataset).file,
        ),
    shell:
        "{ON_GPUS} {resources.gpu} {PYTHON} -m mgah.backbones --dataset {wildcards.dataset} --data-dir {DATA_DIR}"
        " --options {params.options:q} --images {input.images} --backbone {params.backbone}"
        " --variant {wildcards.backbone} --backbone-options {params.backbone_options:q} --output {params.folder}"
        " {params.weights} --device {DEVICE} --threads {threads} > {log} 2>&1"


rule mark_leaks:
    input:
        card=DATASET,
        features_card=f"{FEATURES}/card.json",
    output:
        LEAKS,
    log:
        f"{RESULTS}/logs/leaks/{{dataset}}/{{backbone}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/leaks/{{dataset}}/{{backbone}}.tsv"
    params:
        raw=raw(),
        code=code("mgah/leaks/__main__.py"),
    shell:
        "{PYTHON} -m mgah.leaks --dataset-card {input.card} --features-card {input.features_card}"
        " --data-dir {DATA_DIR} --output {output} > {log} 2>&1"
