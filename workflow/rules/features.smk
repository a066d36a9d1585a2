# Backbones: what they have seen before, and every image as methods train from it.


def extraction_gpus(wildcards):
    """GPUs of an extraction: a backbone that is no torch network has no use for one."""
    return gpus(config["device"]) if components.is_network(config, wildcards.backbone) else 0


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


def dataset_options(wildcards):
    """The job's dataset as options: its name in the registry and in the config, and its own options."""
    options = json.dumps(dataset_settings(wildcards).get("options", {}))
    words = [
        "--dataset",
        dataset_module(wildcards),
        "--dataset-name",
        wildcards.dataset,
        "--options",
        options,
    ]
    return shlex.join(words)


def backbone_options(wildcards):
    """The job's backbone as options: its name in the registry and in the config, its own options and its weights."""
    backbone = backbone_of(wildcards)
    own = json.dumps(backbone.get("options", {}))
    words = ["--backbone", backbone["backbone"], "--variant", wildcards.backbone, "--backbone-options", own]
    return f"{shlex.join(words)} {weights_option(wildcards)}"


def store_params(store):
    """Params of a job that stores what a backbone makes of a dataset's images: features or maps."""
    return {
        "store": store,
        "dataset": dataset_options,
        "backbone": backbone_options,
        "raw": lambda w: raw(raw_data.of_dataset(config, w.dataset), backbone=backbone_of(w)),
        "folder": lambda w, output: str(Path(output.features).parent),
        "code": lambda w: code("mgah/backbones/__main__.py", backbone_file(w), dataset_file(w)),
    }


rule features:
    input:
        per_setting(f"{FEATURES}/features.npy"),


rule describe_backbone:
    input:
        weights=pretrained_files,
    output:
        BACKBONE,
    log:
        f"{RESULTS}/logs/backbones/{{backbone}}.log",
    group:
        joined("data", "describe_backbone", alone=pretrained_files)
    resources:
        **asks("describe_backbone"),
    params:
        backbone=backbone_options,
        raw=lambda w: raw(backbone=backbone_of(w)),
        code=lambda w: code("mgah/backbones/__main__.py", backbone_file(w)),
    shell:
        "{JOB} data {log} mgah.backbones describe --data-dir {DATA_DIR} {params.backbone} --output {output} > {log} 2>&1"


rule extract_features:
    input:
        images=IMAGES,
        weights=pretrained_files,
    output:
        features=f"{FEATURES}/features.npy",
        card=f"{FEATURES}/card.json",
    log:
        f"{RESULTS}/logs/features/{{dataset}}/{{backbone}}.log",
    group:
        joined("data", "extract_features", alone=lambda w: extraction_gpus(w) or pretrained_files(w))
    threads: MANY
    resources:
        **asks("extract_features", gpus=extraction_gpus),
    params:
        **store_params("features"),
    shell:
        "{ON_GPUS} {resources.gpu} {JOB} data {log} mgah.backbones {params.store} --data-dir {DATA_DIR} {params.dataset}"
        " --images {input.images} {params.backbone} --output {params.folder} --device {DEVICE} --threads {threads}"
        " > {log} 2>&1"


use rule extract_features as extract_maps with:
    output:
        features=f"{STORES['maps']}/features.npy",
        card=f"{STORES['maps']}/card.json",
    log:
        f"{RESULTS}/logs/maps/{{dataset}}/{{backbone}}.log",
    resources:
        **asks("extract_maps", gpus=extraction_gpus),
    params:
        **store_params("maps"),


# Images are of no backbone: all networks that train end to end on a dataset read one store.
rule store_images:
    input:
        images=IMAGES,
    output:
        features=f"{STORES['images']}/features.npy",
        card=f"{STORES['images']}/card.json",
    log:
        f"{RESULTS}/logs/images/{{dataset}}.log",
    group:
        joined("data", "store_images")
    threads: MANY
    resources:
        **asks("store_images"),
    params:
        dataset=dataset_options,
        size=lambda w: option("--image-size", dataset_settings(w).get("image_size")),
        raw=lambda w: raw(raw_data.of_dataset(config, w.dataset)),
        folder=subpath(output.features, parent=True),
        code=lambda w: code("mgah/backbones/__main__.py", dataset_file(w)),
    shell:
        "{JOB} data {log} mgah.backbones images --data-dir {DATA_DIR} {params.dataset} --images {input.images} {params.size}"
        " --output {params.folder} --threads {threads} > {log} 2>&1"


rule mark_leaks:
    input:
        card=DATASET,
        backbone=BACKBONE,
    output:
        LEAKS,
    log:
        f"{RESULTS}/logs/leaks/{{dataset}}/{{backbone}}.log",
    group:
        joined("data", "mark_leaks", alone=pretrained_files)
    resources:
        **asks("mark_leaks"),
    params:
        raw=lambda w: raw(raw_data.declared("semantics", "wordnet")),
        code=code("mgah/leaks/__main__.py"),
    shell:
        "{JOB} data {log} mgah.leaks --dataset-card {input.card} --backbone-card {input.backbone}"
        " --data-dir {DATA_DIR} --output {output} > {log} 2>&1"
