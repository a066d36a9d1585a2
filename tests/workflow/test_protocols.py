"""The configs of other papers' protocols ask for as many images of each class as these do, and can be drawn."""

import pytest
import yaml

from mgah import registry
from workflow import settings

#: By config and dataset: seen classes, unseen ones, and images of each for training and for queries.
PROTOCOLS = {
    "protocols": {
        "awa2_features": (40, 10, 100, 100),
        "cub_features": (150, 50, 30, 30),
        "sun_features": (645, 72, 10, 10),
    },
    "cifar100": {"cifar100": (90, 10, 100, 100)},
}


@pytest.mark.parametrize("name", PROTOCOLS)
def test_the_numbers_of_a_config_are_those_of_its_protocol(name):
    config = settings.checked(yaml.safe_load((settings.SCHEMA.parent / f"{name}.yaml").read_text()))
    assert config["datasets"].keys() == PROTOCOLS[name].keys()
    for dataset, (seen, unseen, training, queries) in PROTOCOLS[name].items():
        block, tags = config["datasets"][dataset], registry.find("datasets", dataset).tags
        assert block["balanced"] and tags["n_classes"] == seen + unseen
        assert tags["n_unseen"] in (unseen, None)
        assert (block["training"], block["queries"]) == (seen * training, unseen * queries)
