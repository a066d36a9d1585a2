"""Names of networks of other packages, which are read in their sources and so refused before any job."""

import pytest
import torchvision
from torchvision.models import get_model_weights, list_models

from mgah.backbones import model_names
from mgah.errors import InputError
from tests.fixtures.packages import skip_without_package


def test_models_and_weights_of_torchvision_are_those_that_it_lists():
    listed = {
        name: tuple(entry.name for entry in get_model_weights(name))
        for name in list_models(module=torchvision.models)
    }
    assert model_names.models("torchvision") == listed and len(listed) >= 80


def test_models_of_timm_are_those_that_it_lists_and_none_of_its_weights_is_refused():
    skip_without_package("timm")
    import timm

    assert set(model_names.models("timm")) == set(timm.list_models())
    for name in timm.list_pretrained():
        model_names.check_model("timm", name)


def test_models_of_open_clip_are_those_that_it_lists():
    skip_without_package("open_clip")
    import open_clip

    assert set(model_names.models("open_clip")) == set(open_clip.list_models())


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("resnet51", r"torchvision has no model 'resnet51', expected one of its \d+.*do you mean resnet\d+"),
        (
            "resnet50.IMAGENET1K_V3",
            r"no weights 'IMAGENET1K_V3' of resnet50, expected one of IMAGENET1K_V1, IMAGENET1K_V2; do you mean",
        ),
        ("", r"model is '', expected the name of a model, as in backbone: 'torchvision:<model>'"),
        (50, "model is 50, expected the name"),
    ],
)
def test_an_unknown_name_is_refused_with_names_like_it(model, words):
    with pytest.raises(InputError, match=words):
        model_names.check_model("torchvision", model)


@pytest.mark.parametrize("package", ["timm", "open_clip"])
def test_an_absent_package_is_named_with_the_extra_that_brings_it(package, monkeypatch):
    monkeypatch.setattr(model_names, "find_spec", lambda name: None)
    with pytest.raises(
        InputError, match=rf"needs the package {package}: pip install 'mgah-benchmark\[{package}\]'"
    ):
        model_names.check_model(package, "resnet18")


@pytest.mark.parametrize(
    ("model", "known"),
    [
        ("resnet18.a1_in1k", True),
        ("vit_tiny_patch16_224.augreg_in21k_ft_in1k", False),
        ("tf_efficientnet_b0.ns_jft_in1k", False),
        ("regnety_160.swag_lc_in1k", False),
        ("levit_128.fb_dist_in1k", False),
        ("vit_huge_patch14_gap_224.in1k_ijepa", False),
        ("beit_base_patch16_384.sail_in1k_384", True),
        ("resnet18", False),
    ],
)
def test_what_weights_of_timm_were_trained_on_is_known_where_their_name_says_imagenet_alone(model, known):
    assert model_names.trained_on("timm", model) == ("imagenet1k" if known else "unknown")
