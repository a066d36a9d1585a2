"""Files of the gallery, thumbnails, and the command on scikit-learn's digits."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from mgah.datasets.digits import Digits
from mgah.errors import InputError
from mgah.gallery.draw import gallery
from mgah.gallery.thumbnails import thumbnail
from mgah.methods.codes import write_codes
from mgah.tables.gallery import read_gallery, read_thumbnails, write_gallery, write_thumbnails
from tests.gallery.conftest import NAMES


def test_small_images_keep_their_pixels_and_large_ones_their_shape():
    random = np.random.default_rng(0)
    small = random.integers(0, 256, (8, 8, 3), np.uint8)
    np.testing.assert_array_equal(thumbnail(small, 64)[::8, ::8], small)
    wide = np.zeros((50, 200, 3), np.uint8)
    square = thumbnail(wide, 64)
    assert square.shape == (64, 64, 3) and (square[24:40] == 0).all()
    assert (square[:24] == 255).all() and (square[40:] == 255).all()
    thin = thumbnail(np.zeros((1, 500, 3), np.uint8), 64)
    assert (thin == 0).all(axis=(1, 2)).sum() == 1
    with pytest.raises(InputError, match=r"shape \(2048,\).*gallery\.datasets"):
        thumbnail(np.zeros(2048, np.float32))


def test_a_gallery_reads_back_in_one_order(make_codes, tmp_path):
    table = gallery([make_codes(), make_codes(method="itq", seed=1)], 2, 2, seed=0)
    write_gallery(tmp_path / "a.csv", table)
    write_gallery(tmp_path / "b.csv", table.iloc[::-1])
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    read = read_gallery(tmp_path / "a.csv")
    key = ["method", "query_id", "rank"]
    pd.testing.assert_frame_equal(
        read.sort_values(key, ignore_index=True), table.sort_values(key, ignore_index=True)
    )
    pd.concat([table, table]).to_csv(tmp_path / "twice.csv", index=False)
    (tmp_path / "other.csv").write_text("a\n1\n")
    for name in ("twice", "other", "none"):
        with pytest.raises(InputError, match=f"gallery .*{name}.csv .*remove it and run again"):
            read_gallery(tmp_path / f"{name}.csv")


def test_thumbnails_read_back(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (2, 4, 4, 3), np.uint8)
    write_thumbnails(tmp_path / "t.npz", ["d", "e"], [7, 3], pixels)
    table = read_thumbnails(tmp_path / "t.npz")
    assert table["dataset"].tolist() == ["d", "e"] and table["id"].tolist() == [7, 3]
    assert [np.frombuffer(image, np.uint8).tolist() for image in table["pixels"]] == [
        image.ravel().tolist() for image in pixels
    ]
    write_thumbnails(tmp_path / "wide.npz", ["d", "e"], [7, 3], pixels[:, :2])
    (tmp_path / "broken.npz").write_bytes(b"PK")
    for name in ("wide", "broken"):
        with pytest.raises(InputError, match=f"thumbnails .*{name}.npz .*make them again"):
            read_thumbnails(tmp_path / f"{name}.npz")


@pytest.mark.slow
def test_the_command_shows_the_images_of_the_dataset(make_codes, tmp_path):
    dataset = Digits(tmp_path)
    paths = sorted(path for path, _ in dataset.paths())
    images = pd.DataFrame({"id": range(len(paths)), "class_id": 0, "class_name": "zero", "path": paths})
    labels = [*(row % 2 for row in range(12)), *(row % 4 for row in range(60))]
    images.loc[:71, "class_id"], images.loc[:71, "class_name"] = labels, [NAMES[label] for label in labels]
    images = images.assign(content=[f"{row:032x}" for row in range(len(paths))])
    images.to_csv(tmp_path / "images.csv", index=False)
    files = [tmp_path / f"{method}.npz" for method in ("mgah", "itq")]
    for seed, file in enumerate(files):
        write_codes(file, make_codes(method=file.stem, seed=seed))
    experiment = {
        "name": "digits",
        "dataset": "digits",
        "options": {},
        "images": f"{tmp_path}/images.csv",
        "codes": list(map(str, files)),
    }
    command = [
        sys.executable,
        "-m",
        "mgah.gallery",
        "--experiments",
        json.dumps([experiment]),
        "--data-dir",
        tmp_path,
    ]
    outputs = ["--gallery", tmp_path / "g.csv", "--thumbnails", tmp_path / "g.npz"]
    done = subprocess.run([*map(str, command + outputs)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    table, thumbnails = read_gallery(tmp_path / "g.csv"), read_thumbnails(tmp_path / "g.npz")
    assert set(thumbnails["id"]) == {*table["query_id"], *table["id"]}
    first = thumbnails.iloc[0]
    shown = np.frombuffer(first["pixels"], np.uint8).reshape(64, 64, 3)
    np.testing.assert_array_equal(shown[::8, ::8], dataset.load(paths[first["id"]]))
