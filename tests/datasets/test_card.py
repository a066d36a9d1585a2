"""The dataset's card: what is written is read, and a damaged one is named."""

from mgah.datasets.card import DatasetCard, read_card, write_card

CARD = DatasetCard("zoo", ["cat", "dog"], {"cat": None, "dog": "n02084071"}, ["a note"], 7, "folder", None)


def test_a_card_is_read_as_written(tmp_path):
    write_card(tmp_path / "dataset.json", CARD)
    assert read_card(tmp_path / "dataset.json") == CARD
