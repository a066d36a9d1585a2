"""The jobs of a whole run that read raw data, store much or train, from the config alone. Light to import.

Snakemake plans all jobs, in a minute for a large config; what a run needs and costs is known from these in a moment.
"""

from collections.abc import Iterator

from workflow import pictures, studies, trained_features
from workflow.components import backbone_entry, method_entry, store_of
from workflow.experiments import cells_of, methods_of, reference_lines, setting_of, settings_of

_Job = tuple[str, dict[str, str]]
_STORING = {"features": "extract_features", "maps": "extract_maps", "images": "store_images"}


def jobs(config: dict) -> list[_Job]:
    """Return rule and wildcards of each such job of ``config``, a config with all defaults, if nothing is made yet."""
    trained = [*_fits(config), *_sweeps(config)]
    found = [*_settings(config), *_stores(config, trained), *_choices(config), *trained]
    found += [("score_trained_features", fit) for fit in trained_features.fits(config)]
    tables = pictures.tables_read(config)
    if tables & {"gallery", "thumbnails"}:
        found.append(("show_gallery", {}))
    if "graphs" in tables and pictures.has_graphs(config):
        found.append(("sample_graphs", {key: str(value) for key, value in pictures.graphs(config).items()}))
    return list({(rule, *wildcards.items()): (rule, wildcards) for rule, wildcards in found}.values())


def _settings(config: dict) -> Iterator[_Job]:
    """Images, semantics, backbones and leak marks of every setting."""
    for block in [*settings_of(config), *config["ablation"]["experiments"], *config["sweeps"].values()]:
        place = setting_of(block)
        dataset, backbone = {"dataset": place["dataset"]}, {"backbone": place["backbone"]}
        yield "index_images", dataset
        yield "class_semantics", dataset | {"semantics": place["semantics"]}
        yield "describe_backbone", backbone
        yield "mark_leaks", dataset | backbone
        pretrained = backbone_entry(config, place["backbone"]).get("pretrained")
        if pretrained:
            yield "index_images", {"dataset": config["pretraining"][pretrained]["dataset"]}
            yield "pretrain", {"pretraining": pretrained}


def _stores(config: dict, trained: list[_Job]) -> Iterator[_Job]:
    """What methods train from, in each setting that has a method or a reference line for it."""
    for place in settings_of(config):
        if reference_lines(config, place):
            yield "extract_features", {key: place[key] for key in ("dataset", "backbone")}
    for _, wildcards in trained:
        block = config["sweeps"][wildcards["sweep"]] if "sweep" in wildcards else wildcards
        dataset, backbone = str(block["dataset"]), str(block["backbone"])
        store = store_of(method_entry(config, str(block["method"]), dataset, backbone))
        own = {} if store == "images" else {"backbone": backbone}
        yield _STORING[store], {"dataset": dataset} | own


def _choices(config: dict) -> Iterator[_Job]:
    for study in studies.choices(config):
        for block in study.where.values():
            for split in block["splits"]:
                yield "choose", setting_of(block) | {"split": split, "method": study.method}


def _fits(config: dict) -> Iterator[_Job]:
    """Fits of the experiments and of the ablation."""
    for place in settings_of(config):
        for method in methods_of(config, place):
            for split, seed, _ in cells_of(config, place, method):
                yield "fit", place | {"method": method, "split": split, "seed": str(seed)}
    for block in config["ablation"]["experiments"]:
        for method in studies.ablated_methods(config):
            for split in block["splits"]:
                for seed in block["seeds"]:
                    yield "fit", setting_of(block) | {"method": method, "split": split, "seed": str(seed)}


def _sweeps(config: dict) -> Iterator[_Job]:
    for name, block in config["sweeps"].items():
        for split in block["splits"]:
            for seed in block["seeds"]:
                yield "fit_sweep", {"sweep": name, "split": split, "seed": str(seed)}
