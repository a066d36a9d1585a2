"""The contrasts of a config: where they are computed, and what is refused before any job."""

import copy
import re

import pytest
import yaml

from mgah.errors import InputError
from tests.workflow.conftest import copy_sources, snakemake
from workflow import contrasts, settings

LEAD = {"part": "lead", "method": "mgah_frozen", "against": ["itq", "itq_l2"]}
CIFAR10 = {"dataset": "cifar10", "semantics": "glove"}


@pytest.fixture
def config():
    return yaml.safe_load((settings.SCHEMA.parent / "regimes.yaml").read_text())


def refused(config, words):
    with pytest.raises(InputError, match=words):
        settings.checked(config)


def test_contrasts_are_in_every_setting_that_runs_all_of_their_methods(config):
    places = {setting["backbone"]: names for setting, names in contrasts.places(settings.checked(config))}
    frozen = ["itq", "itq_l2", "mgah_frozen", "mgah_1_frozen", "mgah_no_graph_frozen"]
    assert sorted(places) == ["lite0_128", "lite0_224", "lite0_48", "lite0_64", "lite0_96"]
    assert all(sorted(places[name]) == sorted(frozen) for name in places if name != "lite0_64")
    deep = ["dhn", "dnnh", "sitnet", "doph"]
    ours = {"mgah", "mgah_1", "mgah_no_graph"}
    assert set(places["lite0_64"]) == {*frozen, *ours, *deep, *(f"{name}_frozen" for name in deep)}


def test_a_config_without_contrasts_has_none(config):
    del config["contrasts"]
    config["outputs"] = {"tables": ["table1"], "figures": []}
    checked = settings.checked(config)
    assert checked["contrasts"] == [] and list(contrasts.places(checked)) == []


@pytest.mark.parametrize(("kind", "name"), [("tables", "contrasts"), ("figures", "regimes")])
def test_outputs_of_contrasts_need_some(config, kind, name):
    del config["contrasts"]
    config["outputs"] = {"tables": [], "figures": [], kind: [name]}
    refused(
        config, rf"outputs\.{kind}: {name} shows contrasts and the config has none, expected the key contr"
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"method": "lsh"}, r"contrasts\.0: there is no method among methods 'lsh', expected one of dhn, "),
        ({"against": ["itq", "lsh"]}, r"contrasts\.0: there is no method among methods 'lsh'"),
        (
            {"against": ["itq", "mgah_frozen"]},
            r"contrasts\.0: mgah_frozen is set against itself, expected other",
        ),
        ({"against": []}, r"contrasts\.0\.against"),
        ({"part": ""}, r"contrasts\.0\.part"),
        ({"of": 1}, r"contrasts\.0.*'of' was unexpected"),
    ],
)
def test_a_contrast_that_names_what_is_not_is_one_error(config, change, words):
    refused(config | {"contrasts": [LEAD | change]}, words)


def test_methods_that_run_together_nowhere_are_one_error(config):
    """Neither in one setting, nor on one split, nor with one seed, nor at one code length."""
    frozen, trained = config["experiments"][1], {"backbone": "lite0_96", "reference_lines": ["cosine"]}
    apart = (
        "no setting runs mgah_frozen, itq, itq_l2 on one split with one seed at one code length, expected at "
        "least one"
    )
    for other in (
        [CIFAR10 | trained | {"methods": ["mgah_frozen"]}],
        [CIFAR10 | {"backbone": "lite0_48", "methods": ["mgah_frozen"], "splits": ["cat"]}],
        [CIFAR10 | {"backbone": "lite0_48", "methods": ["mgah_frozen"], "seeds": [7]}],
        [CIFAR10 | {"backbone": "lite0_48", "methods": ["mgah_frozen"], "bits": [16]}],
    ):
        given = copy.deepcopy(config) | {"contrasts": [LEAD]}
        others = frozen | {"methods": ["itq", "itq_l2"], "splits": ["dog"]}
        given["experiments"] = [others, *other]
        given["backbones"] = {e["backbone"]: config["backbones"][e["backbone"]] for e in given["experiments"]}
        given["graphs"] = {"method": "mgah_frozen"}
        given.pop("trained_features")
        given["outputs"] = {"tables": ["contrasts"], "figures": []}
        refused(given, rf"contrasts\.0: {apart}")
    both = copy.deepcopy(given)
    both["experiments"][1] |= {"bits": [32]}
    assert [s["backbone"] for s, _ in contrasts.places(settings.checked(both))] == ["lite0_48"]


def test_a_setting_without_its_strength_is_one_error(config):
    del config["experiments"][0]["reference_lines"]
    refused(
        config,
        r"contrasts\.0: cifar10 / lite0_64 / glove has no reference line cosine, which tells .*: add reference_lines: "
        r"\[cosine\] to an experiment there",
    )


@pytest.mark.slow
def test_a_panel_has_one_point_a_setting_and_what_was_trained(config):
    own = LEAD | {"method": "mgah_1_frozen"}
    refused(
        config | {"contrasts": [LEAD, own]},
        r"contrasts\.1: contrasts\.0 shows lead in cifar10 / .* already, of a method that reads features as well, "
        "expected another part",
    )
    settings.checked(config | {"contrasts": [LEAD, own | {"part": "lead of the softmax"}]})
    settings.checked(config | {"contrasts": [LEAD, LEAD | {"method": "mgah"}]})


@pytest.mark.slow
def test_the_figure_alone_runs_the_methods_of_the_contrasts_alone(tmp_path):
    """Sixteen methods end to end and frozen at 64 pixels and five at each of the other sizes, on ten splits."""
    folder = copy_sources(tmp_path / "repository")
    config = ("--configfile", "workflow/config/regimes.yaml")
    status, output = snakemake(folder, "regimes", "-n", "-q", "rules", *config)
    assert status == 0, output
    jobs = dict(re.findall(r"^(\w+)\s+(\d+)$", output, flags=re.M))
    assert (jobs["fit"], jobs["score_codes"], jobs["score_features"]) == ("360", "36", "5")
    assert jobs["contrast"] == "1" and "collect_scores" not in jobs
