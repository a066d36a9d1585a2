"""The configuration: the shipped ones are valid, a bad one is one clear error before any job is planned."""

import copy
import json
import subprocess
import sys

import pytest
import yaml

from mgah import registry
from mgah.errors import InputError
from mgah.templates import text_of
from tests.workflow.bad_configs import BAD_CONFIGS
from workflow import components, experiments, settings, studies

CONFIGS = settings.SCHEMA.parent
SHIPPED = [path.stem for path in sorted(CONFIGS.glob("*.yaml")) if path.stem != "schema"]


def load(name):
    return yaml.safe_load((CONFIGS / f"{name}.yaml").read_text())


@pytest.fixture
def config():
    return copy.deepcopy(load("small"))


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_configs_are_valid_and_called_like_their_file(name):
    assert settings.checked(load(name))["name"] == name


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_what_a_run_records_of_its_config_is_a_config_of_the_same_run(name):
    config = settings.checked(load(name))
    recorded = json.loads(json.dumps(settings.stated(config)))
    assert settings.checked(recorded) == json.loads(json.dumps(config))


PUBLISHED = sorted((CONFIGS.parents[1] / "results/published").glob("*/report.html"))


@pytest.mark.slow
@pytest.mark.parametrize("page", PUBLISHED, ids=lambda page: page.parent.name)
def test_the_config_of_a_published_run_runs_again(page):
    config = json.loads(page.with_name("provenance.json").read_text(encoding="utf-8"))["config"]
    again = json.loads(json.dumps(settings.checked(copy.deepcopy(config))))
    assert {key: again[key] for key in config} == config


def test_shipped_sets_are_the_folders_with_a_provenance():
    assert components.shipped_sets() == ["digits"]


def test_the_three_configs_are_there():
    assert {"paper", "cpu", "small"} <= set(SHIPPED)


def test_a_method_from_outside_that_is_called_as_another_one_is_refused(config, tmp_path, monkeypatch):
    file = tmp_path / "copied.py"
    file.write_text(text_of("method", "copied").replace('label = "Copied"', 'label = "ITQ"'))
    monkeypatch.setenv(registry.VARIABLE, str(file))
    config["methods"] = {"copied": {}} | config["methods"]
    with pytest.raises(
        InputError, match=r"methods\.copied: it is called 'ITQ' as itq is, expected a label of its own"
    ):
        settings.checked(config)
    config["methods"]["copied"] = {"label": "A copy"}
    assert settings.checked(config)


def set_key(config, path, value):
    *above, last = path.split(".")
    for key in above:
        config = config[int(key) if key.isdigit() else key]
    config[last] = value


@pytest.mark.slow
@pytest.mark.parametrize(("path", "value", "words"), BAD_CONFIGS)
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
    monkeypatch.setenv("HOME", "/home/ann")
    assert settings.data_dir(settings.checked(config | {"data_dir": "~/data"})) == "/home/ann/data"


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


def test_trials_and_sweeps_have_the_code_length_nearest_to_32_unless_one_is_given(config):
    config["bits"] = [8, 24, 48]
    checked = settings.checked(config)
    assert checked["selection"]["bits"] == 24
    assert checked["sweeps"]["sizes"]["bits"] == [24]
    config["selection"]["bits"] = 16
    assert settings.checked(config)["selection"]["bits"] == 16


def test_code_lengths_of_the_experiments_own_are_those_that_count(config):
    place = {"dataset": "digits", "backbone": "pixels", "semantics": "word2vec"}
    config["experiments"] = [
        place | {"methods": ["mgah", "itq", "itq_l2", "mgah_itq"], "bits": [64]},
        place | {"methods": ["sdh", "dhn_chosen"], "bits": [24, 12]},
    ]
    config["bits"] = [100]
    config["ablation"]["experiments"][0]["bits"] = [64]
    config["contrasts"] = [{"part": "lead", "method": "mgah", "against": ["itq"]}]
    config["experiments"][0]["reference_lines"] = ["cosine"]
    assert experiments.code_lengths(config) == [64, 24, 12]
    assert experiments.code_lengths(config, "mgah") == [64] and experiments.code_lengths(config, "ksh") == []
    checked = settings.checked(config)
    assert (checked["selection"]["bits"], checked["comparison"]["bits"]) == (24, 64)
    assert checked["sweeps"]["sizes"]["bits"] == checked["trained_features"]["bits"] == [24]
    config["comparison"] = {"bits": 12}
    with pytest.raises(InputError, match=r"comparison\.bits: 12 is not among .* with mgah, \[64\]"):
        settings.checked(config)


def test_trials_have_no_more_bits_than_their_features_are_many(config):
    del config["methods"]["dhn_chosen"]
    config["selection"]["bits"] = 65
    settings.checked(config)
    config["methods"]["itq_chosen"] = {"method": "itq", "label": "c", "choose": [[{"iterations": 9}]]}
    words = r"selection\.bits: itq_chosen at 65 bits, expected at most 64, the number of features of pixels"
    with pytest.raises(InputError, match=words):
        settings.checked(config)
    config["selection"]["bits"] = 64
    settings.checked(config)


def test_ablations_and_sweeps_have_no_more_bits_than_their_features_are_many(config):
    config["sweeps"]["sizes"] |= {"method": "itq", "vary": {"bits": [64, 65]}, "bits": [100]}
    words = r"sweeps\.sizes: itq at 65 bits, expected at most 64, the number of features of pixels"
    with pytest.raises(InputError, match=words):
        settings.checked(config)
    config["sweeps"]["sizes"]["vary"] = {"bits": [64]}
    settings.checked(config)
    config["sweeps"]["sizes"]["vary"] = {"training": [100]}
    with pytest.raises(InputError, match=r"sweeps\.sizes: itq at 100 bits"):
        settings.checked(config)
    config["sweeps"]["sizes"]["bits"] = [64]
    config["ablation"] |= {
        "method": "itq",
        "variants": {"few": {"label": "f", "parameters": {"iterations": 1}}},
    }
    config["ablation"]["experiments"][0]["bits"] = [65]
    with pytest.raises(InputError, match=r"ablation\.experiments\.0: itq at 65 bits"):
        settings.checked(config)


def test_a_sweep_does_not_train_a_backbone_that_cannot_be_trained(config):
    config["methods"]["mgah_whole"] = {"method": "mgah", "label": "W", "parameters": {"trainable": "all"}}
    config["experiments"][0]["methods"] = [name for name in config["methods"] if name != "mgah_whole"]
    settings.checked(config)
    config["sweeps"]["sizes"]["method"] = "mgah_whole"
    words = r"methods\.mgah_whole: trainable is all, .*, where sweeps\.sizes fits it, trains with neither tail nor all"
    with pytest.raises(InputError, match=words):
        settings.checked(config)


def test_ablations_and_sweeps_of_methods_that_use_semantics_have_some(config):
    place = {"dataset": "digits", "backbone": "pixels", "semantics": "none"}
    config["datasets"]["digits"]["semantics"]["none"] = {}
    config["experiments"].append(place | {"methods": ["itq", "sdh"]})
    settings.checked(config)
    words = r": mgah use class semantics, which the setting digits / pixels / none lacks"
    for block, key in (
        (config["ablation"]["experiments"][0], r"ablation\.experiments\.0"),
        (config["sweeps"]["sizes"], r"sweeps\.sizes"),
    ):
        before = block["semantics"]
        block["semantics"] = "none"
        with pytest.raises(InputError, match=key + words):
            settings.checked(config)
        block["semantics"] = before


@pytest.fixture
def own_table(tmp_path, monkeypatch):
    """A user's own table, one of whose parameters is no tidy table."""
    file = tmp_path / "own_table.py"
    file.write_text("def build(scores, measurs):\n    return None\n")
    monkeypatch.setenv(registry.VARIABLE, str(file))
    return file


def test_an_own_output_that_reads_no_tidy_table_is_refused(config, own_table):
    settings.checked(config)  # it is not asked for
    words = (
        rf"{own_table}: build of the output own_table has the parameter 'measurs', which is no tidy table, .*"
    )
    words += r"scores, notes, .*; do you mean measures\?"
    config["outputs"]["tables"].append("own_table")
    with pytest.raises(InputError, match=rf"config key outputs\.tables: {words}"):
        settings.checked(config)
    config["outputs"]["tables"].remove("own_table")
    config["modules"] = [str(own_table)]
    with pytest.raises(InputError, match=rf"config key modules: {words}"):
        settings.checked(config)


def test_classes_that_draws_hold_out_are_counted_where_a_method_chooses(config):
    config["selection"]["draws"] = 9
    with pytest.raises(InputError, match=r"split zero\+eight of digits has 8 seen classes"):
        settings.checked(config)
    config["datasets"]["digits"]["splits"].remove("zero+eight")
    settings.checked(config)
    config["datasets"]["digits"]["splits"] += ["zero+eight"]
    config["experiments"].append(
        config["experiments"][0] | {"splits": ["zero+eight"], "methods": ["itq"], "bits": [32]}
    )
    config["experiments"][0]["splits"] = ["three", "seven"]
    settings.checked(config)


def test_the_default_of_a_choice_is_the_entry_with_the_same_parameters_in_its_setting(config):
    place = "digits/pixels/word2vec/dhn_chosen"
    assert studies.defaults(settings.checked(config)) == {place: "dhn"}
    other = {"method": "dhn", "label": "DHN, another", "parameters": config["methods"]["dhn"]["parameters"]}
    config["methods"]["dhn_another"] = other
    config["methods"]["dhn"]["datasets"] = {"digits": {"epochs": 3}}
    assert studies.defaults(settings.checked(config)) == {place: "dhn_another"}
    config["methods"]["dhn_chosen"]["datasets"] = {"digits": {"epochs": 4}}
    assert studies.defaults(settings.checked(config)) == {}


def test_the_reference_of_the_comparison_is_run_at_the_length_of_its_verdicts(config):
    config["experiments"] = [
        config["experiments"][0] | {"methods": ["mgah", "mgah_itq", "itq", "itq_l2"]},
        config["experiments"][0] | {"methods": ["sdh"], "bits": [8]},
    ]
    config |= {"comparison": {"reference": "sdh", "bits": 8}}
    assert settings.checked(config)["comparison"] == {"reference": "sdh", "bits": 8}
    config["comparison"]["bits"] = 16
    with pytest.raises(InputError, match=r"comparison\.bits: 16 is not among .* with sdh, \[8\]"):
        settings.checked(config)
    config["comparison"] = {"reference": "ksh"}
    with pytest.raises(
        InputError, match=r"comparison\.reference: no experiment runs ksh, expected a method that"
    ):
        settings.checked(config)


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


def test_a_network_of_another_package_is_an_option_of_the_backbone_that_builds_it(config):
    config["backbones"] = {
        "pixels": {"backbone": "torchvision:vit_b_16", "weights": "weights", "options": {"image_size": 224}}
    }
    checked = settings.checked(config)
    entry = components.backbone_entry(checked, "pixels")
    assert (entry["backbone"], entry["weights"]) == ("torchvision", "weights")
    assert entry["options"] == {"model": "vit_b_16", "image_size": 224}
    assert components.is_network(checked, "pixels")


def test_settings_are_light_to_import():
    heavy = "{'torch', 'numpy', 'pandas', 'sklearn', 'nltk', 'gensim'}"
    program = (
        f"import sys, workflow.settings, workflow.fingerprint; print(sorted({heavy} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=settings.SCHEMA.parents[2]
    )
    assert result.stdout.strip() == "[]", result.stderr
