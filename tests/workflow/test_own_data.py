"""Own images, own features and own class semantics, by a config alone: planned, computed, refused."""

import re

import numpy as np
import pandas as pd
import pytest
import yaml

from mgah.datasets._example import image_file, write_files
from mgah.errors import InputError
from tests.workflow.conftest import copy_sources, snakemake
from workflow import settings

CLASSES = ("polar bear", "Löwe", "猫", "seal (grey)")
CONFIG = {
    "name": "own",
    "seeds": [0],
    "bits": [4],
    "datasets": {
        "animals": {
            "dataset": "class_folders",
            "options": {"folder": "my pictures"},
            "training": 14,
            "queries": 2,
            "seen_queries": 2,
            "splits": ["polar_bear+猫"],
            "semantics": {"table": {"file": "classes.csv"}},
        },
        "mine": {
            "dataset": "arrays",
            "options": {"classes": ["ant", "bee", "cow"]},
            "training": 20,
            "queries": 4,
            "seen_queries": 4,
            "splits": ["cow"],
            "semantics": {"none": {}},
        },
    },
    "backbones": {"vectors": {"options": {"dimension": 6}}},
    "experiments": [
        {"dataset": "animals", "backbone": "pixels", "semantics": "table", "methods": ["tsk"]},
        {"dataset": "mine", "backbone": "vectors", "semantics": "none", "methods": ["itq"]},
    ],
    "methods": {"itq": {}, "tsk": {}},
    "outputs": {"tables": ["table1"], "figures": []},
}


@pytest.mark.long
def test_own_images_features_and_semantics_are_scored(tmp_path):
    data = tmp_path / "data"
    places = [f"my pictures/{name}/{number}.jpg" for name in CLASSES for number in range(12)]
    images = {place: image_file(seed) for seed, place in enumerate(places)}
    write_files(data, images)
    rows = [f"{name},{number},1" for number, name in enumerate(CLASSES)]
    (data / "classes.csv").write_text("\n".join(["class,a,b", *rows]), encoding="utf-8")
    np.save(data / "features.npy", np.random.default_rng(0).standard_normal((60, 6)))
    np.save(data / "labels.npy", np.arange(60) % 3)
    repository = copy_sources(tmp_path / "repository")
    (repository / "own.yaml").write_text(yaml.safe_dump(CONFIG | {"data_dir": str(data)}, allow_unicode=True))
    code, output = snakemake(
        repository, "table1", "--cores", "2", "--configfile", "own.yaml", MGAH_DATA=str(data)
    )
    assert code == 0, output[-2000:]
    scores = pd.read_csv(repository / "results/own/scores.csv")
    names = scores[["dataset", "split", "method"]].drop_duplicates().agg("/".join, axis=1)
    assert sorted(names) == ["animals/polar_bear+猫/tsk", "mine/cow/itq"]
    assert scores.loc[scores["metric"] == "mAP", "value"].between(0, 1).all()
    marks = pd.read_csv(repository / "results/own/leaks/mine/vectors.csv")
    assert set(marks["mark"]) == {"unknown"}
    write_files(data, {places[0]: image_file(99)})
    code, output = snakemake(repository, "table1", "-n", "--configfile", "own.yaml", MGAH_DATA=str(data))
    assert code == 0 and re.search(r"^index_images +1$", output, flags=re.M), output[-2000:]


@pytest.mark.long
def test_a_gallery_shows_own_images(tmp_path):
    data, names = tmp_path / "data", ("ant", "bee", "cow", "dog")
    places = [f"my pictures/{name}/{number}.jpg" for name in names for number in range(12)]
    write_files(data, {place: image_file(seed) for seed, place in enumerate(places)})
    animals = CONFIG["datasets"]["animals"] | {"splits": ["ant+bee"], "semantics": {"none": {}}}
    experiment = {"dataset": "animals", "backbone": "pixels", "semantics": "none", "methods": ["itq"]}
    changed = {
        "datasets": {"animals": animals},
        "backbones": {},
        "experiments": [experiment],
        "methods": {"itq": {}},
    }
    changed |= {"gallery": {"methods": ["itq"]}, "outputs": {"tables": [], "figures": ["gallery"]}}
    repository = copy_sources(tmp_path / "repository")
    (repository / "own.yaml").write_text(yaml.safe_dump(CONFIG | changed))
    code, output = snakemake(
        repository, "gallery", "--cores", "2", "--configfile", "own.yaml", MGAH_DATA=str(data)
    )
    assert code == 0, output[-2000:]
    shown = pd.read_csv(repository / "results/own/gallery.csv")
    assert set(shown["dataset"]) == {"animals"} and (repository / "results/own/figures/gallery.png").exists()


def test_methods_that_use_class_semantics_are_refused_where_there_are_none():
    experiment = CONFIG["experiments"][1] | {"methods": ["itq", "tsk", "mgah"]}
    config = CONFIG | {
        "experiments": [experiment],
        "methods": CONFIG["methods"] | {"mgah": {}},
    }
    with pytest.raises(
        InputError, match=r"tsk, mgah use class semantics, which the setting mine / vectors / none lacks"
    ):
        settings.checked(config)


def test_names_of_splits_may_have_signs_of_any_language_and_accents_written_either_way():
    animals = CONFIG["datasets"]["animals"] | {"development_splits": ["Löwe"]}
    experiment = CONFIG["experiments"][0] | {"splits": ["हिन्दी+ไก่", "Löwe"]}
    config = CONFIG | {"experiments": [experiment], "datasets": {"animals": animals}, "backbones": {}}
    animals["splits"] = ["Lo\N{COMBINING DIAERESIS}we", "हिन्दी+ไก่"]
    checked = settings.checked(config)
    assert checked["datasets"]["animals"]["splits"] == ["Löwe", "हिन्दी+ไก่"]
    animals["splits"].append("Löwe")
    with pytest.raises(InputError, match=r"datasets\.animals\.splits: .* non-unique"):
        settings.checked(config)


@pytest.mark.parametrize(
    "split", ["polar bear", "a/b", "x\n", "", "ant–bee", "犬＋猫", "\N{COMBINING ACUTE ACCENT}a"]
)
def test_a_name_of_a_split_has_letters_digits_and_a_few_signs_alone(split):
    datasets = {"animals": CONFIG["datasets"]["animals"] | {"splits": [split]}}
    with pytest.raises(InputError, match=r"datasets\.animals\.splits\.0"):
        settings.checked(CONFIG | {"datasets": datasets, "experiments": CONFIG["experiments"][:1]})
