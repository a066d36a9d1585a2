# Pictures: what the figures of single batches and images show, from trainings, codes and images.


def graphs_files():
    """The similarity graphs that are shown, of one cell, if any."""
    return [GRAPHS.format(**pictures.graphs(config))] if pictures.has_graphs(config) else []


def gallery_codes(setting):
    """Codes that the gallery shows of one setting: those of each method on the drawn splits."""
    asked = pictures.gallery(config)
    seeds = pictures.shown_seeds(config, setting, asked["methods"], asked["bits"])
    return [
        f"{CODES}/{asked['bits']}.npz".format(**setting, split=split, method=method, seed=seeds[split])
        for split in pictures.drawn_splits(config, setting)
        for method in asked["methods"]
    ]


def gallery_experiments(wildcards):
    """What the gallery's job takes of each setting."""
    return [
        {
            "name": setting["dataset"],
            "dataset": components.dataset_module(config, setting["dataset"]),
            "options": config["datasets"][setting["dataset"]].get("options", {}),
            "images": IMAGES.format(**setting),
            "codes": gallery_codes(setting),
        }
        for setting in pictures.gallery(config)["settings"]
    ]


rule show_gallery:
    input:
        images=lambda w: [experiment["images"] for experiment in gallery_experiments(w)],
        fits=lambda w: folders_of(
            [file for experiment in gallery_experiments(w) for file in experiment["codes"]]
        ),
    output:
        gallery=tidy("gallery"),
        thumbnails=tidy("thumbnails"),
    log:
        f"{RESULTS}/logs/gallery/gallery.log",
    group:
        joined("report", "show_gallery")
    resources:
        **asks("show_gallery"),
    params:
        experiments=lambda w: json.dumps(gallery_experiments(w)),
        classes=lambda w: pictures.gallery(config)["classes"],
        queries=lambda w: pictures.gallery(config)["queries"],
        seed=SEEDS[0],
        raw=lambda w: raw([raw_data.of_dataset(config, e["name"]) for e in gallery_experiments(w)]),
        code=lambda w: code(
            "mgah/gallery/__main__.py",
            *(
                registry.find("datasets", experiment["dataset"]).file
                for experiment in gallery_experiments(w)
            ),
        ),
    shell:
        "{JOB} report {log} mgah.gallery --experiments {params.experiments:q} --data-dir {DATA_DIR}"
        " --classes {params.classes} --queries {params.queries} --seed {params.seed}"
        " --gallery {output.gallery} --thumbnails {output.thumbnails} > {log} 2>&1"
