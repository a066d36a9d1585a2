"""The estimate of what a run stores and trains, from what components state."""

import math

import pytest

from mgah import registry
from tests.workflow.conftest import load
from workflow import cost

pytestmark = pytest.mark.slow


def test_a_cost_is_the_bytes_of_what_is_stored():
    config = load("gpu")
    setting = {"dataset": "cifar10", "backbone": "efficientnet_lite0", "semantics": "word2vec"}
    cell = setting | {"split": "deer", "seed": "0"}
    assert cost.cost_of(config, [("store_images", cell)]).stored == {"images": 60_000 * 3 * 32 * 32}
    assert cost.cost_of(config, [("extract_features", cell)]).stored == {"features": 60_000 * 1280 * 4}
    found = cost.cost_of(config, [("fit", cell | {"method": "mgah_all"})])
    assert found.stored == {"codes": 60_000 * (8 + 16 + 32 + 48) // 8, "models": 4 * 4 * 3_413_024}
    assert (found.networks, found.trained_images, found.encoded_images) == (4, 4 * 5 * 10_000, 4 * 60_000)
    assert "4 are trained along, on 200,000 images" in str(found)
    assert cost.cost_of(config, [("score_codes", cell)]).stored.total() == 0
    assert cost.cost_of(config, [("extract_maps", cell)]).stored == {"maps": 60_000 * 192 * 7 * 7 * 2}


#: A job of gpu.yaml.
CELL = {
    "dataset": "cifar10",
    "backbone": "efficientnet_lite0",
    "semantics": "word2vec",
    "split": "deer",
    "seed": "0",
}


def test_the_dimension_of_features_may_be_an_option_of_the_backbone():
    config = load("gpu")
    jobs = [("extract_features", CELL), ("fit", CELL | {"method": "mgah"})]
    for options, values in (({"dimension": 300}, 300), ({}, 512)):
        config["backbones"]["efficientnet_lite0"] = {"backbone": "vectors", "options": options}
        found = cost.cost_of(config, jobs)
        assert found.stored["features"] == 60_000 * values * 4 and not found.unknown
        assert found.stored["models"] == 4 * 4 * 512 * values


def test_a_backbone_that_states_no_size_is_named_and_no_size_of_it_is_told():
    config = load("gpu")
    config["backbones"]["efficientnet_lite0"] = {"backbone": "torchvision:resnet50", "weights": "weights"}
    fit = ("fit", CELL | {"method": "mgah"})
    found = cost.cost_of(config, [("extract_features", CELL), ("extract_maps", CELL), fit])
    assert found.unknown == {"efficientnet_lite0"} and found.stored == {
        "codes": 60_000 * (8 + 16 + 32 + 48) // 8
    }
    assert str(found) == "Disk: about 0.8 MB (0.8 MB of codes), and what efficientnet_lite0 takes."
    config["keep_models"] = {"seeds": [1]}
    assert not cost.cost_of(config, [fit]).unknown


def test_maps_grow_with_the_area_of_the_input():
    config = load("tail")
    config["backbones"]["small"] = {
        "backbone": "efficientnet_lite0",
        "options": {"image_size": 112},
    }
    place = {"dataset": "cifar10", "semantics": "word2vec"}
    sizes = [
        cost.bytes_of_maps(config, place | {"backbone": name}) for name in ("efficientnet_lite0", "small")
    ]
    assert sizes == [2 * 9408, 2 * 9408 / 4]
    assert cost.bytes_of_maps(config, place | {"backbone": "googlenet"}) == 0
    config["backbones"]["small"]["options"]["image_size"] = None  # the network's own
    assert cost.bytes_of_maps(config, place | {"backbone": "small"}) == 2 * 9408


def test_trainings_that_store_nothing_are_counted():
    place = {"dataset": "awa2", "backbone": "alexnet", "semantics": "attributes", "split": "standard"}
    found = cost.cost_of(
        load("paper"), [("sample_graphs", place | {"method": "mgah", "seed": "0", "bits": "32"})]
    )
    assert (found.networks, found.trained_images, found.encoded_images) == (4, 4 * 10 * 10_000, 0)
    place = {"dataset": "cifar10", "backbone": "efficientnet_lite0", "semantics": "word2vec", "split": "deer"}
    config, choice = load("gpu"), [("choose", place | {"method": "mgah_all"})]
    config["methods"]["mgah_all"]["choose"] = [
        [{"alpha": alpha} for alpha in (0.0, 0.1, 0.2)],
        [{"lambda_": weight} for weight in (0.1, 0.5, 1.0)],
    ]
    networks = 9 * 3
    found = cost.cost_of(config, choice)
    assert (found.networks, found.trained_images) == (networks, networks * 5 * 10_000)
    assert found.encoded_images == networks * 10_000
    config["methods"]["mgah"]["choose"] = config["methods"]["mgah_all"]["choose"]
    assert cost.cost_of(config, [("choose", place | {"method": "mgah"})]).networks == 0


@pytest.mark.parametrize(
    ("trials", "epochs"),
    [
        # the default has 5 epochs, and so have two of the five settings beside it
        (9, 5 + 20 + 5 + 2 + 5 + 10),
        (6, 5 + 20 + 5 + 2 + 5 + 10),
        # the default and the two longest
        (3, 5 + 20 + 10),
        (2, 5 + 20),
    ],
)
def test_a_choice_counts_the_epochs_of_each_setting_and_of_the_longest_where_not_all_are_tried(
    trials, epochs
):
    config = load("gpu")
    config["selection"] = {"trials": trials, "draws": 2, "bits": 32}
    # the default itself, and a setting that stands there twice, are no trials
    axis = [
        {"epochs": 20},
        {"alpha": 0.0},
        {"epochs": 2},
        {"beta": [1, 10]},
        {"beta": (1, 10)},
        {"epochs": 5},
    ]
    config["methods"]["mgah_all"]["choose"] = [[*axis, {"steps": 1_000, "batch_size": 100}]]
    place = {"dataset": "cifar10", "backbone": "efficientnet_lite0", "semantics": "word2vec", "split": "deer"}
    place |= {"method": "mgah_all", "seed": "0"}
    found = cost.cost_of(config, [("choose", place)])
    assert found.trained_images == 2 * epochs * 10_000
    assert found.networks == 2 * min(trials, 6) and found.encoded_images == found.networks * 10_000
    # which of them the fit will take is not known yet: the longest
    assert cost.cost_of(config, [("fit", place)]).trained_images == 4 * 20 * 10_000


def test_a_sweep_counts_the_epochs_steps_and_images_of_each_value():
    config = load("gpu")
    place = {"dataset": "cifar10", "backbone": "efficientnet_lite0", "semantics": "word2vec"}
    vary = {"epochs": [1, 30], "alpha": [0.0, 0.5], "training": [100, 1_000], "steps": [50], "bits": [8, 16]}
    config["sweeps"] = {
        "length": place | {"method": "mgah_all", "vary": vary, "bits": [16, 32], "splits": [], "seeds": []}
    }
    found = cost.cost_of(config, [("fit_sweep", {"sweep": "length", "split": "deer", "seed": "0"})])
    # the default has 5 epochs and 64 images in a batch; two code lengths, and in their own sweep one of each value
    epochs, alpha, training, bits = 31 * 10_000, 2 * 5 * 10_000, 5 * 1_100, 2 * 5 * 10_000
    assert found.trained_images == 2 * (epochs + alpha + training + 50 * 64) + bits
    assert found.networks == 2 * 7 + 2 and found.encoded_images == found.networks * 60_000


def test_a_budget_of_steps_counts_the_images_of_its_batches():
    config = load("mini")
    setting = {"dataset": "awa2_mini", "backbone": "lite0_64", "semantics": "attributes"}
    cell = setting | {"split": "standard", "seed": "0"}
    found = cost.cost_of(config, [("fit", cell | {"method": "mgah"})])
    assert (found.networks, found.trained_images) == (2, 2 * 240 * 64)


@pytest.mark.parametrize("name", ["alexnet", "googlenet", "efficientnet_lite0"])
def test_networks_have_the_number_of_weights_and_of_values_of_maps_that_they_state(name):

    cls = registry.load("backbones", name)
    state = cls.blank().state_dict()
    counted = sum(value.numel() for key, value in state.items() if not key.endswith("num_batches_tracked"))
    assert counted == cls.n_weights
    trains_tail = "tail" in cls.trains
    assert cls.n_map_values == (math.prod(cls.maps_shape(cls.default_image_size)) if trains_tail else 0)
