"""Which cells the figures of single images show."""

import pytest
import yaml

from mgah.errors import InputError
from workflow import experiments, pictures, settings

pytestmark = pytest.mark.slow

CONFIGS = settings.SCHEMA.parent


def load(name, **changes):
    return settings.checked(yaml.safe_load((CONFIGS / f"{name}.yaml").read_text()) | changes)


def test_graphs_are_of_the_first_cell_that_fits():
    digits = {"dataset": "digits", "backbone": "pixels", "semantics": "word2vec"}
    assert pictures.graphs(load("small")) == digits | {
        "split": "three",
        "method": "mgah",
        "seed": 0,
        "bits": 32,
    }
    asked = {"semantics": "attributes", "split": "seven", "bits": 48}
    shown = pictures.graphs(load("small", graphs=asked))
    assert asked.items() <= shown.items() and shown["dataset"] == "digits"
    paper = pictures.graphs(load("paper"))
    assert (paper["dataset"], paper["backbone"], paper["bits"]) == ("awa2", "alexnet", 32)
    assert pictures.graphs(load("small", bits=[8, 24, 48]))["bits"] == 24


@pytest.mark.parametrize(
    ("graphs", "words"),
    [
        (
            {"dataset": "cifar10"},
            r"graphs\.dataset: there is no dataset of experiments 'cifar10', expected one of dig",
        ),
        ({"semantics": "word2"}, r"graphs\.semantics: there is no .* 'word2', .*; do you mean word2vec"),
        ({"method": "mghah"}, r"graphs\.method: there is no method 'mghah', .*; do you mean mgah"),
        (
            {"semantics": "wordnet", "method": "itq"},
            r"no experiment with \{'semantics': 'wordnet'\} runs 'itq'",
        ),
        ({"method": "itq"}, "runs 'itq' as MGAH"),
        ({"split": "nine"}, r"graphs\.split: 'nine' is not among"),
        ({"bits": 9}, r"graphs\.bits: 9 is not among"),
    ],
)
def test_graphs_of_a_cell_that_is_not_run_are_one_error(graphs, words):
    with pytest.raises(InputError, match=words):
        pictures.check(load("small", graphs=graphs))


def test_galleries_are_of_the_experiments_with_all_methods():
    assert [e["semantics"] for e in pictures.gallery(load("small"))["settings"]] == ["word2vec"]
    cpu = pictures.gallery(load("cpu", gallery={"datasets": ["awa2_mini", "cifar10"]}))
    assert sorted(e["dataset"] for e in cpu["settings"]) == ["awa2_mini", "cifar10"]
    assert {e["backbone"] for e in pictures.gallery(load("paper"))["settings"]} == {
        "alexnet",
        "alexnet_rest",
    }


@pytest.mark.parametrize(
    ("gallery", "words"),
    [
        ({"datasets": ["digitz"]}, r"\.datasets: there is no dataset 'digitz', .*; do you mean digits"),
        ({"methods": ["mgah", "lsh"]}, r"\.methods: there is no method 'lsh', expected one of"),
        ({"bits": 9}, r"\.bits: 9 is not among the code lengths of the experiments"),
    ],
    ids=["datasets", "methods", "bits"],
)
def test_a_gallery_of_what_is_not_run_is_one_error(gallery, words):
    with pytest.raises(InputError, match=f"config key gallery{words}"):
        pictures.check(load("small", gallery=gallery))


def test_splits_of_a_gallery_are_drawn_by_the_seed():
    config = load("cpu")
    cifar10, awa2_mini, _ = experiments.settings_of(config)
    drawn = pictures.drawn_splits(config, cifar10)
    assert len(drawn) == len(set(drawn)) == 2 and drawn == pictures.drawn_splits(config, cifar10)
    seeds = {tuple(pictures.drawn_splits(load("cpu", seeds=[seed]), cifar10)) for seed in range(5)}
    assert len(seeds) > 1
    folds = pictures.drawn_splits(config, awa2_mini)
    assert len(set(folds)) == 2 and all(fold.endswith("of10") for fold in folds)


@pytest.mark.parametrize("name", ["small", "cpu", "paper", "tail"])
def test_shipped_configs_show_cells_that_they_run(name):
    pictures.check(load(name))


def test_a_run_without_mgah_has_no_graphs_unless_it_asks_for_them():
    assert pictures.has_graphs(load("small"))
    alone = {"dataset": "digits", "backbone": "pixels", "semantics": "word2vec", "methods": ["itq"]}
    shown = {"tables": ["table1"], "figures": ["figure3"]}
    without = load("small", experiments=[alone], outputs=shown, contrasts=[])
    assert not pictures.has_graphs(without)
    with pytest.raises(InputError, match="config key graphs"):
        pictures.has_graphs(without | {"graphs": {"dataset": "digits"}})


SETTING = {"dataset": "digits", "backbone": "pixels", "semantics": "word2vec"}


def own(*blocks, **changes):
    """The small config with experiments of their own methods, seeds and code lengths, and no studies."""
    figures = {"tables": ["table1"], "figures": ["figure4", "gallery", "confusion"]}
    given = {"experiments": [SETTING | block for block in blocks], "outputs": figures, "contrasts": []}
    config = yaml.safe_load((CONFIGS / "small.yaml").read_text()) | given | changes
    return settings.checked(
        {key: value for key, value in config.items() if key not in ("ablation", "sweeps")}
    )


def test_pictures_are_of_the_code_lengths_that_experiments_have_of_their_own():
    config = own({"methods": ["mgah", "itq"], "bits": [64, 24]}, {"methods": ["sdh"], "bits": [32]})
    pictures.check(config)
    assert pictures.graphs(config)["bits"] == pictures.gallery(config)["bits"] == 24
    asked = own({"methods": ["mgah", "itq"], "bits": [64]}, graphs={"bits": 64}, gallery={"bits": 64})
    pictures.check(asked)
    assert pictures.graphs(asked)["bits"] == pictures.gallery(asked)["bits"] == 64
    with pytest.raises(InputError, match=r"gallery\.bits: 8 is not among .* experiments, \[64\]"):
        pictures.check(asked | {"gallery": {"bits": 8}})
    with pytest.raises(InputError, match=r"graphs\.bits: 8 is not among \[64\], with which mgah is run"):
        pictures.check(asked | {"graphs": {"bits": 8}})


def test_graphs_are_of_the_first_setting_with_what_is_asked():
    config = own(
        {"methods": ["mgah", "itq"]},
        {"methods": ["mgah"], "semantics": "wordnet", "bits": [12], "seeds": [3]},
    )
    shown = pictures.graphs(config | {"graphs": {"bits": 12}})
    assert (shown["semantics"], shown["split"], shown["seed"], shown["bits"]) == ("wordnet", "three", 3, 12)
    assert pictures.graphs(config)["semantics"] == "word2vec"


def test_galleries_are_of_the_first_seed_that_all_methods_have_on_a_split():
    config = own(
        {"methods": ["mgah"], "seeds": [5, 2]},
        {"methods": ["itq"], "seeds": [2, 5], "splits": ["three"]},
        {"methods": ["itq"], "seeds": [4, 5], "splits": ["seven"]},
        {"methods": ["itq"], "seeds": [4], "splits": ["zero+eight"]},
    )
    pictures.check(config)
    assert pictures.shown_seeds(config, SETTING, ["mgah", "itq"], 32) == {"three": 2, "seven": 5}
    assert sorted(pictures.drawn_splits(config, SETTING)) == ["seven", "three"]
    first = own({"methods": ["mgah", "itq"], "seeds": [1, 7]}, seeds=[7])
    assert set(pictures.shown_seeds(first, SETTING, ["mgah", "itq"], 32).values()) == {7}


def test_a_gallery_of_methods_that_share_no_seed_is_one_error():
    config = own({"methods": ["mgah"], "seeds": [1]}, {"methods": ["itq"], "seeds": [2]})
    with pytest.raises(
        InputError, match=r"runs all of \['mgah', 'itq'\] on one split with one seed at 32 bits"
    ):
        pictures.check(config)


def test_a_gallery_of_vectors_is_one_error_and_a_confusion_of_them_none():
    vectors = {"backbone": "vectors", "options": {"dimension": 64}}
    config = own({"backbone": "mine", "methods": ["mgah", "itq"]}, backbones={"mine": vectors})
    with pytest.raises(
        InputError, match=r"gallery\.datasets: digits has vectors, which mine takes, and the figure"
    ):
        pictures.check(config)
    config["outputs"]["figures"].remove("gallery")
    pictures.check(config)
