"""The dataset's card: what is written is read, and a damaged one is named."""

import pandas as pd
import pytest

from mgah.datasets.card import DatasetCard, read_card, read_dataset, write_card
from mgah.errors import InputError
from mgah.tables.images import write_images

CARD = DatasetCard("zoo", ["cat", "dog"], {"cat": None, "dog": "n02084071"}, ["a note"], 7, "folder", None)


def test_a_card_is_read_as_written(tmp_path):
    write_card(tmp_path / "dataset.json", CARD)
    assert read_card(tmp_path / "dataset.json") == CARD


@pytest.mark.parametrize(
    ("count", "names", "words"),
    [
        (6, ["cat", "dog"], "it has 6 images, but the dataset's card 7"),
        (7, ["dog", "cat"], "its class id 0 is 'dog', but 'cat' on the dataset's card"),
        (7, ["cat", "dog", "elk"], "its class id 2 is 'elk', but the dataset's card has 2 classes"),
    ],
)
def test_a_table_and_a_card_of_two_datasets_are_refused(tmp_path, count, names, words):
    def table(count, names):
        classes = [row % len(names) for row in range(count)]
        named = {"class_id": classes, "class_name": [names[number] for number in classes]}
        paths = {
            "path": [f"{row}.png" for row in range(count)],
            "content": [f"{row:032x}" for row in range(count)],
        }
        return pd.DataFrame({"id": range(count), **named, **paths})

    files = tmp_path / "images.csv", tmp_path / "dataset.json"
    write_card(files[1], CARD)
    write_images(files[0], table(7, ["cat", "dog"]))
    pd.testing.assert_frame_equal(read_dataset(*files)[0], table(7, ["cat", "dog"]))
    write_images(files[0], table(count, names))
    with pytest.raises(
        InputError, match=rf"images\.csv is not that of .*dataset\.json: {words}; remove both"
    ):
        read_dataset(*files)
