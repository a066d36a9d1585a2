"""The configuration: the shipped ones are valid, a bad one is one clear error before any job is planned."""

import copy
import subprocess
import sys

import pytest
import yaml

from mgah.errors import InputError
from workflow import components, experiments, settings, studies

CONFIGS = settings.SCHEMA.parent
SHIPPED = [path.stem for path in sorted(CONFIGS.glob("*.yaml")) if path.stem != "schema"]


def load(name):
    return yaml.safe_load((CONFIGS / f"{name}.yaml").read_text())


@pytest.fixture
def config():
    return copy.deepcopy(load("small"))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_configs_are_valid_and_called_like_their_file(name):
    assert settings.checked(load(name))["name"] == name


def test_shipped_sets_are_the_folders_with_a_provenance():
    assert components.shipped_sets() == ["digits"]


def test_the_three_configs_are_there():
    assert {"paper", "cpu", "small"} <= set(SHIPPED)


def set_key(config, path, value):
    *above, last = path.split(".")
    for key in above:
        config = config[int(key) if key.isdigit() else key]
    config[last] = value


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("colour", "red", r"\(top level\).*'colour' was unexpected"),
        ("datasets.digits.trainig", 5, r"datasets\.digits.*'trainig' was unexpected"),
        ("datasets.digits.unreadable", "ignore", r"datasets\.digits\.unreadable: 'ignore' is not one of"),
        (
            "datasets.digits.development_splits",
            ["three", "five"],
            r"digits\.development_splits: there is no split among splits 'five', expected one of three, seven, zero",
        ),
        ("datasets.digits.development_splits", [], r"digits\.development_splits"),
        ("bits", [0, 8], r"bits\.0.*less than the minimum of 1"),
        ("bits", [], r"bits"),
        ("bits", [8, 8], r"bits.*non-unique"),
        ("seeds", ["one"], r"seeds\.0.*not of type 'integer'"),
        ("name", "../escape", r"name.*does not match"),
        ("seed", [0], r"'seed' was unexpected\); do you mean seeds"),
        ("bits", ["1e1"], r"bits\.0: '1e1' is not of type 'integer' \(1e1 is text in YAML: write 10\)"),
        ("bits", [8.0], r"bits\.0: 8\.0 is not of type 'integer'"),
        ("name", 2024, r"name: 2024 is not of type 'string' \(write it in quotes\)"),
        ("name", "mini\n", r"name: 'mini\\n' does not match"),
        (
            "methods.itq",
            None,
            r"methods\.itq: None is not of type 'object' \(write \{\} for an empty block\)",
        ),
        ("device", "gpu", r"device: got 'gpu', expected auto, cpu, cuda, cuda:1"),
        ("device", "cuda:1\n", "device"),
        (
            "bits",
            [8, 65],
            r"experiments\.0: itq, itq_l2 at 65 bits, expected at most 64, the number of features of pixels",
        ),
        (
            "methods.dhn.parameters",
            {"lr": "1e-4"},
            r"methods\.dhn\.parameters\.lr: got '1e-4', expected a number above 0 \(.* write 0\.0001",
        ),
        (
            "methods.dhn.datasets",
            {"digits": {"epochs": 0}},
            r"dhn\.datasets\.digits\.epochs: got 0, expected an integer",
        ),
        (
            "methods.dhn.backbones",
            {"pixels": {"lr": 0}},
            r"methods\.dhn\.backbones\.pixels\.lr: got 0, expected",
        ),
        ("methods.dhn.parameters", {"epoch": 3}, r"has no parameter 'epoch': .*; do you mean epochs\?"),
        ("methods.dhm", {}, r"methods\.dhm: there is no method 'dhm': .*; do you mean sdh or dhn\?"),
        (
            "datasets.digits.semantics.word2vec",
            {},
            r"digits\.semantics\.word2vec: word2vec: got the options none, expected exactly one of file",
        ),
        (
            "datasets.digits.semantics.word2vec",
            {"file": "v.txt", "limit": 0},
            r"word2vec: option limit is 0, expected an integer of 1",
        ),
        (
            "datasets.digits.semantics.word2vec",
            {"file": 3},
            r"semantics\.word2vec\.file: got 3, expected text or null",
        ),
        ("methods.simhash", {}, r"methods\.simhash: there is no method 'simhash'"),
        ("methods.fast", {"method": "simhash"}, r"methods\.fast: there is no method 'simhash'"),
        (
            "methods.itq.parameters",
            {"normalise": True},
            r"methods\.itq: method itq has no parameter 'normalise': its parameters are .*normalize",
        ),
        (
            "methods.mgah.parameters",
            {"network": "alexnet"},
            r"methods\.mgah: network is no parameter of an entry, expected the experiment's backbone",
        ),
        (
            "methods.mgah.datasets",
            {"digits": {"weights": "weights"}},
            r"methods\.mgah: weights is no parameter of an entry, expected backbones\.<name>\.weights",
        ),
        (
            "methods.itq.parameters",
            {"n_bits": 8},
            r"methods\.itq: n_bits is no parameter of an entry",
        ),
        (
            "methods.itq.datasets",
            {"digits": {"rounds": 1}},
            r"methods\.itq: method itq has no parameter 'rounds'",
        ),
        ("datasets.digitz", {}, r"datasets\.digitz: 'training' is a required property"),
        (
            "experiments.0.backbone",
            "vgg",
            r"experiments: there is no backbone 'vgg': expected one of alexnet",
        ),
        ("experiments.0.backbone", "contract", r"there is no backbone 'contract'"),
        (
            "backbones",
            {"pixelz": {}},
            r"backbones: there is no backbone of experiments 'pixelz', expected one of pix",
        ),
        (
            "backbones",
            {"pixels": {"backbone": "pixelz"}},
            r"backbones\.pixels: there is no backbone 'pixelz': expected one of alexnet",
        ),
        (
            "backbones",
            {"pixels": {"weights": "w", "pretrained": "rest"}},
            r"backbones\.pixels: got weights and pretrained, expected one of them",
        ),
        (
            "backbones",
            {"pixels": {"pretrained": "rest"}},
            r"backbones\.pixels: there is no entry of pretraining 'rest'",
        ),
        ("pretraining", {"rest": {}}, r"pretraining\.rest: 'dataset' is a required property"),
        (
            "pretraining",
            {"rest": {"dataset": "imagenet"}},
            r"pretraining\.rest: there is no dataset among datasets 'imagenet'",
        ),
        ("backbones", {"../pixels": {}}, r"backbones: '\.\./pixels' does not match"),
        (
            "datasets.digits.semantics.glove",
            {},
            r"semantics: there is no source of class semantics 'glove': expected one of attributes",
        ),
        (
            "datasets.digits.semantics.wordnet.builtin",
            "digitz",
            r"\(builtin\): there is no shipped set 'digitz'",
        ),
        (
            "methods.itq.datasets",
            {"digitz": {}},
            r"methods\.itq\.datasets: there is no dataset among datasets 'digitz'",
        ),
        (
            "methods.itq.backbones",
            {"pixelz": {}},
            r"methods\.itq\.backbones: there is no backbone of experiments 'pixelz'",
        ),
        ("experiments.0.dataset", "cifar", r"experiments\.0: there is no dataset 'cifar'"),
        (
            "experiments.0.semantics",
            "bert",
            r"experiments\.0: there is no semantics of digits 'bert'",
        ),
        (
            "experiments.0.methods",
            ["ksh9"],
            r"experiments\.0\.methods: there is no method 'ksh9'",
        ),
        ("methods.itq_l2.label", "ITQ", r"methods\.itq_l2: it is called 'ITQ' as itq is, expected a label"),
        (
            "methods.mgah.parameters",
            {"trainable": "all"},
            r"methods\.mgah: trainable is all, and the backbone pixels of digits / pixels",
        ),
        (
            "methods.dhn_chosen.choose",
            [[{"trainable": "none"}, {"trainable": "head"}]],
            r"methods\.dhn_chosen\.choose: trainable decides what a job reads",
        ),
        ("experiments.0.splits", ["nine"], r"experiments\.0\.splits: there is no split of digits 'nine'"),
        (
            "experiments.1.semantics",
            "word2vec",
            r"experiments\.1: experiments\.0 runs mgah in the same setting on split three with seed 0",
        ),
        (
            "methods.itq.choose",
            [[{"rounds": 1}]],
            r"methods\.itq\.choose\.0\.0: method itq has no parameter 'rounds'",
        ),
        (
            "methods.itq.choose",
            [[{"iterations": 9}], [{"iterations": 1}, {"n_bits": 8}]],
            r"methods\.itq\.choose\.1\.1: n_bits is no parameter of an entry",
        ),
        ("methods.itq.choose", [{"iterations": 1}], r"methods\.itq\.choose\.0.*not of type 'array'"),
        ("methods.itq.choose", [[{}]], r"methods\.itq\.choose\.0\.0"),
        ("methods.cosine", {}, r"methods\.cosine: cosine makes no codes.*list it under reference_lines"),
        (
            "experiments.0.reference_lines",
            ["euclid"],
            r"experiments\.0\.reference_lines: there is no reference line 'euclid', expected one of cosine",
        ),
        ("selection", {"trials": 1}, r"selection\.trials.*less than the minimum of 2"),
        ("comparison", {"bits": 12}, r"comparison\.bits: 12 is not among bits, \[8, 16, 32, 48\]"),
        (
            "comparison",
            {"reference": "cosine"},
            r"comparison\.reference: there is no method 'cosine'",
        ),
        ("ablation.method", "mgah9", r"ablation: there is no method among methods 'mgah9'"),
        ("ablation.method", "cosine", r"ablation: there is no method among methods 'cosine'"),
        ("ablation.method", "dhn_chosen", r"ablation: parameters of dhn_chosen are chosen on each split"),
        (
            "ablation.variants",
            {"mgah_9": {"parameters": {}}},
            r"ablation\.variants\.mgah_9: 'label' is a required",
        ),
        (
            "ablation.variants",
            {"mgah_9": {"label": "9", "parameters": {"gamma": 1}}},
            r"ablation\.variants\.mgah_9: method mgah has no parameter 'gamma'",
        ),
        (
            "ablation.variants",
            {"itq": {"label": "9", "parameters": {"alpha": 1}}},
            r"ablation\.variants\.itq: methods has 'itq' as well",
        ),
        (
            "ablation.experiments.0.semantics",
            "glove",
            r"ablation\.experiments\.0: digits / pixels / glove is the setting of no experiment",
        ),
        (
            "ablation.experiments.0.splits",
            ["four"],
            r"ablation\.experiments\.0\.splits: there is no split of digits 'four', expected one of three",
        ),
        (
            "ablation.experiments",
            [{"dataset": "digits", "backbone": "pixels", "semantics": "word2vec"}] * 2,
            r"ablation\.experiments: a \(dataset, backbone, semantics\) stands there twice",
        ),
        ("sweeps.sizes.method", "mgah9", r"sweeps\.sizes: there is no method among methods 'mgah9'"),
        (
            "sweeps.sizes.dataset",
            "mnist",
            r"sweeps\.sizes: mnist / pixels / word2vec is the setting of no experiment",
        ),
        ("sweeps.sizes.splits", ["four"], r"sweeps\.sizes\.splits: there is no split of digits 'four'"),
        (
            "sweeps.sizes.vary",
            {"gamma": [1]},
            r"sweeps\.sizes\.vary: method mgah has no parameter 'gamma'",
        ),
        ("sweeps.sizes.vary", {"n_bits": [8]}, r"sweeps\.sizes\.vary: n_bits is no parameter of an entry"),
        ("sweeps.sizes.vary", {}, r"sweeps\.sizes\.vary"),
        (
            "sweeps.sizes.vary.alpha",
            ["high"],
            r"sweeps\.sizes\.vary\.alpha\.0: 'high' is not of type 'number'",
        ),
        (
            "sweeps.sizes.vary.training",
            [100, 501],
            r"sweeps\.sizes\.vary\.training: got 501, expected integers from 1 to 500",
        ),
        ("sweeps.sizes.vary.training", [0.5], r"vary\.training: got 0\.5, expected integers from 1"),
        ("sweeps.sizes.vary.bits", [0], r"vary\.bits: got 0, expected integers from 1 to 512"),
        ("outputs.tables", ["table9"], r"outputs\.tables: there is no table 'table9'"),
    ],
)
def test_a_bad_config_is_one_clear_error(config, path, value, words):
    set_key(config, path, value)
    with pytest.raises(InputError, match=words):
        settings.checked(config)


def test_several_faults_are_named_together(config):
    config["colour"], config["bits"] = "red", [0]
    with pytest.raises(InputError, match=r"colour.*bits"):
        settings.checked(config)


def test_environment_names_the_data_folder(config, monkeypatch):
    monkeypatch.setenv("MGAH_DATA", "/elsewhere")
    assert settings.data_dir(settings.checked(config)) == "/elsewhere"
    monkeypatch.delenv("MGAH_DATA")
    assert settings.data_dir(settings.checked(config)) == "data"


def test_parameters_of_a_dataset_or_backbone_override_the_general_ones(config):
    config["methods"]["mgah"] = {
        "parameters": {"epochs": 3, "trunk": 8},
        "datasets": {"digits": {"epochs": 5}},
    }
    checked = settings.checked(config)
    assert components.method_entry(checked, "mgah", "digits", "pixels")["parameters"] == {
        "epochs": 5,
        "trunk": 8,
    }
    assert components.method_entry(checked, "mgah", "other", "other")["parameters"]["epochs"] == 3
    config["methods"]["mgah"]["backbones"] = {"pixels": {"trunk": 4}}
    checked = settings.checked(config)
    parameters = components.method_entry(checked, "mgah", "digits", "pixels")["parameters"]
    assert (parameters["epochs"], parameters["trunk"]) == (5, 4)
    assert components.method_entry(checked, "mgah", "digits", "other")["parameters"]["trunk"] == 8
    assert components.method_entry(checked, "itq_l2", "digits", "pixels") == {
        "method": "itq",
        "label": "ITQ, L2-normalized",
        "parameters": {"normalize": True},
    }


def test_a_method_computes_on_its_own_device_or_the_config_s_and_numpy_methods_on_none(config):
    config["methods"]["dhn"] = {"parameters": {"device": "cpu"}}
    checked = settings.checked(config | {"device": "cuda:1"})
    entries = {
        name: components.method_entry(checked, name, "digits", "pixels") for name in ("mgah", "dhn", "itq")
    }
    assert "device" not in entries["mgah"]["parameters"]
    devices = {name: components.method_device(checked, entry) for name, entry in entries.items()}
    assert devices == {"mgah": "cuda:1", "dhn": "cpu", "itq": None}


def test_a_variant_is_its_method_with_its_own_parameters_laid_over_all_others(config):
    config["methods"]["mgah"] = {
        "parameters": {"alpha": 0.2, "trunk": 8},
        "datasets": {"digits": {"alpha": 0.4}},
    }
    checked = settings.checked(config)
    assert components.method_entry(checked, "mgah", "digits", "pixels")["parameters"]["alpha"] == 0.4
    assert components.method_entry(checked, "mgah_3", "digits", "pixels") == {
        "method": "mgah",
        "label": "MGAH-3",
        "parameters": {"trunk": 8, "alpha": 1.0},
    }
    everywhere = experiments.methods_of(checked, checked["experiments"][0])
    assert not set(checked["ablation"]["variants"]) & set(everywhere)


def test_studies_have_defaults_and_may_be_missing(config):
    del config["sweeps"]["sizes"]["splits"]
    checked = settings.checked(config)
    assert checked["sweeps"]["sizes"]["splits"] == ["three", "seven", "zero+eight"]
    assert (checked["sweeps"]["sizes"]["bits"], checked["sweeps"]["sizes"]["seeds"]) == ([32], [0])
    assert studies.ablated_methods(checked) == ["mgah", *studies.TABLE3]
    ablation, *sweeps, _ = studies.studies_of(checked)
    assert [study.key for study in sweeps] == [f"sweeps.{name}" for name in config["sweeps"]]
    assert [variant.parameters for variant in ablation.variants] == [
        variant["parameters"] for variant in studies.TABLE3.values()
    ]
    sizes = next(study for study in sweeps if study.key == "sweeps.sizes")
    vary = config["sweeps"]["sizes"]["vary"]
    assert [variant.sizes for variant in sizes.variants] == [
        {name: value} for name, values in vary.items() for value in values
    ]
    del config["sweeps"], config["ablation"]
    with pytest.raises(
        InputError, match=r"outputs\.tables: table3 shows an ablation and the config has none"
    ):
        settings.checked(config)
    config["outputs"]["tables"].remove("table3")
    checked = settings.checked(config)
    assert checked["sweeps"] == {} and studies.ablated_methods(checked) == []


def test_a_choice_is_a_study_of_the_grid_where_its_method_is_fitted(config):
    checked = settings.checked(config)
    (choice,) = studies.choices(checked)
    assert choice == list(studies.studies_of(checked))[-1]
    assert (choice.key, choice.method) == ("methods.dhn_chosen.choose", "dhn_chosen")
    grid = config["methods"]["dhn_chosen"]["choose"]
    assert [variant.parameters for variant in choice.variants] == [
        setting for axis in grid for setting in axis
    ]
    assert choice.variants[1].key == "methods.dhn_chosen.choose.0.1"
    place = {"dataset": "digits", "backbone": "pixels", "semantics": "word2vec"}
    assert choice.where == {
        "digits / pixels / word2vec": place | {"splits": ["three", "seven", "zero+eight"], "seeds": [0]}
    }
    assert checked["selection"] == {"trials": 3, "draws": 2, "bits": 32}


def test_the_default_of_a_choice_is_the_entry_with_the_same_parameters_in_its_setting(config):
    place = "digits/pixels/word2vec/dhn_chosen"
    assert studies.defaults(settings.checked(config)) == {place: "dhn"}
    other = {"method": "dhn", "label": "DHN, another", "parameters": config["methods"]["dhn"]["parameters"]}
    config["methods"]["dhn_another"] = other
    config["methods"]["dhn"]["datasets"] = {"digits": {"epochs": 3}}
    assert studies.defaults(settings.checked(config)) == {place: "dhn_another"}
    config["methods"]["dhn_chosen"]["datasets"] = {"digits": {"epochs": 4}}
    assert studies.defaults(settings.checked(config)) == {}


def test_the_comparison_has_baselines_that_are_neither_controls_nor_variants(config):
    checked = settings.checked(config)
    assert checked["comparison"] == {"reference": "mgah", "bits": 32}
    baselines = settings.compared_baselines(checked)
    assert baselines == ["itq", "imh", "ksh", "sdh", "dhn", "dnnh", "tsk", "sitnet", "doph"]
    own = settings.checked(config | {"bits": [8, 16], "comparison": {"reference": "itq_l2"}})
    assert own["comparison"] == {"reference": "itq_l2", "bits": 16}
    baselines = settings.compared_baselines(own)
    assert "mgah" in baselines and not {"mgah_itq", "itq", "itq_l2"} & set(baselines)
    del config["methods"]["dhn"]
    assert "dhn_chosen" in settings.compared_baselines(settings.checked(config))


def test_development_splits_are_named_by_dataset(config):
    assert settings.development_splits(settings.checked(config)) == {}
    config["datasets"]["digits"]["development_splits"] = ["seven"]
    assert settings.development_splits(settings.checked(config)) == {"digits": ["seven"]}


def test_a_variant_of_a_backbone_names_its_module(config):
    for block in (config["experiments"][0], config["ablation"]["experiments"][0], *config["sweeps"].values()):
        block["backbone"] = "gray"
    config["backbones"] = {"gray": {"backbone": "pixels"}}
    checked = settings.checked(config)
    assert components.backbone_entry(checked, "gray") == {"backbone": "pixels"}
    assert components.backbone_entry(checked, "pixels") == {"backbone": "pixels"}


def test_settings_are_light_to_import():
    heavy = "{'torch', 'numpy', 'pandas', 'sklearn', 'nltk', 'gensim'}"
    program = (
        f"import sys, workflow.settings, workflow.fingerprint; print(sorted({heavy} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=settings.SCHEMA.parents[2]
    )
    assert result.stdout.strip() == "[]", result.stderr
