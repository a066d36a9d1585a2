# Pictures: what the figures of single batches and images show, from trainings, codes and images.


def graphs_file():
    """The similarity graphs that are shown."""
    return GRAPHS.format(**pictures.graphs(config))


def gallery_codes(experiment):
    """Codes that the gallery shows of one experiment: those of each method on the drawn splits."""
    asked, seed = pictures.gallery(config), SEEDS[0]
    splits = pictures.drawn_splits(config, experiment["dataset"])
    return [
        CODES.format(**experiment, split=split, method=method, seed=seed, bits=asked["bits"])
        for split in splits
        for method in asked["methods"]
    ]


def gallery_experiments(wildcards):
    """What the gallery's job is told of each experiment."""
    return [
        {
            "dataset": experiment["dataset"],
            "options": config["datasets"][experiment["dataset"]].get("options", {}),
            "images": IMAGES.format(**experiment),
            "codes": gallery_codes(experiment),
        }
        for experiment in pictures.gallery(config)["experiments"]
    ]


rule show_gallery:
    input:
        images=lambda w: [experiment["images"] for experiment in gallery_experiments(w)],
        codes=lambda w: [file for experiment in gallery_experiments(w) for file in experiment["codes"]],
    output:
        gallery=tidy("gallery"),
        thumbnails=tidy("thumbnails"),
    log:
        f"{RESULTS}/logs/gallery/gallery.log",
    benchmark:
        f"{RESULTS}/benchmarks/gallery/gallery.tsv"
    params:
        experiments=lambda w: json.dumps(gallery_experiments(w)),
        classes=lambda w: pictures.gallery(config)["classes"],
        queries=lambda w: pictures.gallery(config)["queries"],
        seed=SEEDS[0],
        code=lambda w: code(
            "mgah/gallery/__main__.py",
            *(
                registry.find("datasets", experiment["dataset"]).file
                for experiment in gallery_experiments(w)
            ),
        ),
    shell:
        "{PYTHON} -m mgah.gallery --experiments {params.experiments:q} --data-dir {DATA_DIR}"
        " --classes {params.classes} --queries {params.queries} --seed {params.seed}"
        " --gallery {output.gallery} --thumbnails {output.thumbnails} > {log} 2>&1"
