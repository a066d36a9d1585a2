"""The dataset's card: what is written is read, and a damaged one is named."""

import json

import pytest

from mgah.datasets.card import DatasetCard, read_card, write_card
from mgah.errors import InputError

CARD = DatasetCard("zoo", ["cat", "dog"], {"cat": None, "dog": "n02084071"}, ["a note"], 7, "folder", None)


def test_a_card_is_read_as_written(tmp_path):
    write_card(tmp_path / "dataset.json", CARD)
    assert read_card(tmp_path / "dataset.json") == CARD


@pytest.mark.parametrize(
    "change",
    [
        *({"classes": names} for names in ([], [1, 2], ["cat", "cat"])),
        *({"synsets": synsets} for synsets in ({"dog": "n0"}, [])),
        *({"notes": notes} for notes in (None, ["a", 1])),
        *({"images": number} for number in (-1, 10**30)),
        *({"name": ""}, {"source": 5}, {"archive_sha256": "x"}, {"colour": "red"}, None),
    ],
)
def test_a_damaged_card_is_named(tmp_path, change):
    content = vars(CARD) | change if change else {}
    (tmp_path / "dataset.json").write_text(json.dumps(content))
    with pytest.raises(
        InputError, match=r"dataset card .*dataset\.json (is not one|has|lacks) .*: remove it and run again"
    ):
        read_card(tmp_path / "dataset.json")
