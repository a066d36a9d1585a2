"""What a config may say of a dataset: its word and its options."""

import pytest

from mgah import registry
from mgah.errors import InputError


def test_unknown_dataset_lists_those_there_are():
    for name in ("mnist", "images", "contract", "", "os.path"):
        with pytest.raises(
            InputError,
            match=r"there is no dataset .*: expected one of arrays, awa2, .*cifar100, class_folders, cub_features, d",
        ):
            registry.load("datasets", name)


def test_unknown_option_lists_those_there_are(tmp_path):
    with pytest.raises(InputError, match=r"no option 'size': its options are download, images_per_class"):
        registry.build("datasets", "cifar10", tmp_path, size=3)
    with pytest.raises(InputError, match=r"dataset digits has no option 'a', 'b': its options are none"):
        registry.build("datasets", "digits", tmp_path, b=1, a=2)
