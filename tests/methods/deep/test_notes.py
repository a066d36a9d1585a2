"""What a deep method tells beside its numbers."""

import pytest

from mgah.baselines.sitnet import SitNet
from mgah.methods.mgah import MGAH

TRUNK = "A hidden layer of 512 units before the hash layer is this project's addition."
ALONG = "The whole of alexnet was trained with the hash layer."


@pytest.mark.parametrize(
    ("parameters", "notes"),
    [
        ({"trainable": "none"}, ()),
        ({"trainable": "head"}, (TRUNK,)),
        ({"trainable": "head", "trunk": 16}, (TRUNK.replace("512", "16"),)),
        ({"trainable": "all", "network": "alexnet"}, (TRUNK, ALONG)),
        ({"trainable": "all", "network": "alexnet", "trunk": 0}, (ALONG,)),
    ],
)
def test_a_hidden_layer_that_the_papers_lack_is_told(parameters, notes):
    assert MGAH(**parameters).cell_notes() == (*MGAH.notes, *notes)


def test_the_notes_of_the_method_come_first():
    assert SitNet(trainable="head").cell_notes() == (*SitNet.notes, TRUNK) and SitNet.notes
