"""The feature store's writer: whole or hidden, resumable, one at a time."""

import hashlib
import json

import numpy as np
import pytest

from mgah.backbones import store
from mgah.backbones.store import CHECK, FeatureWriter, read_features, sample_sha256
from mgah.errors import InputError
from mgah.io.files import sha256

ROWS = np.arange(12, dtype=np.float32).reshape(6, 2)


def test_round_trip(tmp_path):
    with FeatureWriter(tmp_path, (6, 2), {}) as writer:
        writer.append(ROWS[:4])
        writer.append(ROWS[4:])
        assert not (tmp_path / "features.npy").exists()
        writer.finish({"dataset": "d", "notes": ["n."]})
    assert sorted(file.name for file in tmp_path.iterdir()) == ["card.json", "features.npy"]
    features, card = read_features(tmp_path, 6)
    np.testing.assert_array_equal(features, ROWS)
    content = hashlib.sha256((tmp_path / "features.npy").read_bytes()).hexdigest()
    assert card == {
        "dataset": "d",
        "notes": ["n."],
        "images": 6,
        "dimension": 2,
        "dtype": "float32",
        "content": content,
        "sample": sample_sha256(tmp_path / "features.npy"),
    }
    with pytest.raises(InputError, match=r"expected float32 of shape \(7, 2\)"):
        read_features(tmp_path, 7)


def test_a_store_of_other_images_is_refused(tmp_path):
    table = tmp_path / "images.csv"
    table.write_text("id,class_id,class_name,path,content\n")
    with FeatureWriter(tmp_path / "zoo", (6, 2), {}) as writer:
        writer.append(ROWS)
        writer.finish({"dataset": "zoo", "images_sha256": sha256(table)})
    np.testing.assert_array_equal(read_features(tmp_path / "zoo", 6, dataset="zoo", table=table)[0], ROWS)
    with pytest.raises(
        InputError, match=r"zoo is a store of the dataset 'zoo', .* expected one of 'farm': remove"
    ):
        read_features(tmp_path / "zoo", 6, dataset="farm", table=table)
    table.write_text("id,class_id,class_name,path,content\n0,0,ant,a.png,0\n")
    with pytest.raises(
        InputError, match=r"images\.csv is .*\.\.\., so that its rows are of other images or in an"
    ):
        read_features(tmp_path / "zoo", 6, dataset="zoo", table=table)


@pytest.mark.parametrize("dtype", ["float16", "uint8"])
def test_maps_and_pixels_keep_their_type(tmp_path, dtype):
    rows = ROWS.astype(dtype)
    with FeatureWriter(tmp_path, (6, 2), {}, dtype) as writer:
        writer.append(rows[:4])
    with FeatureWriter(tmp_path, (6, 2), {}, dtype) as writer:  # goes on where the first stopped
        assert writer.done == 4
        writer.append(rows[4:])
        writer.finish({})
    features, card = read_features(tmp_path, 6)
    assert card["dtype"] == features.dtype == dtype
    np.testing.assert_array_equal(features, rows)


def test_rows_of_another_type_than_the_card_says_are_refused(tmp_path):
    np.save(tmp_path / "features.npy", ROWS.astype(np.float16))
    for told, expected in (
        ("", "float32"),
        (', "dtype": "uint8"', "uint8"),
        (', "dtype": "object"', "object"),
    ):
        (tmp_path / "card.json").write_text(f'{{"images": 6, "dimension": 2{told}}}')
        with pytest.raises(InputError, match=f"holds float16 of shape .*expected {expected} of shape"):
            read_features(tmp_path)


def test_unfinished_rows_are_kept_and_never_visible(tmp_path):
    with pytest.raises(RuntimeError), FeatureWriter(tmp_path, (6, 2), {"a": 1}) as writer:
        writer.append(ROWS[:4])
        raise RuntimeError
    assert all(file.name.startswith(".") for file in tmp_path.iterdir())
    with FeatureWriter(tmp_path, (6, 2), {"a": 1}) as writer:
        assert writer.done == 4
        writer.append(ROWS[4:])
        writer.finish({})
    np.testing.assert_array_equal(read_features(tmp_path)[0], ROWS)


@pytest.mark.parametrize("shape, identity", [((6, 2), {"a": 2}), ((5, 2), {"a": 1}), ((6, 3), {"a": 1})])
def test_rows_of_another_identity_are_discarded(tmp_path, shape, identity):
    with FeatureWriter(tmp_path, (6, 2), {"a": 1}) as writer:
        writer.append(ROWS[:4])
    with FeatureWriter(tmp_path, shape, identity) as writer:
        assert writer.done == 0


@pytest.mark.parametrize("damaged", [".features.npy.partial", ".features.progress.json"])
@pytest.mark.parametrize("content", [b"", b"half"])
def test_damaged_partial_files_are_discarded(tmp_path, damaged, content):
    with FeatureWriter(tmp_path, (6, 2), {}) as writer:
        writer.append(ROWS[:4])
    (tmp_path / damaged).write_bytes(content)
    with FeatureWriter(tmp_path, (6, 2), {}) as writer:
        assert writer.done == 0


def test_only_flushed_rows_count(tmp_path):
    with FeatureWriter(tmp_path, (6, 2), {}, save_every=3600) as writer:
        writer.append(ROWS[:2])
        writer.save()
        writer.append(ROWS[2:4])
        assert json.loads((tmp_path / ".features.progress.json").read_text())["done"] == 2
    with FeatureWriter(tmp_path, (6, 2), {}, save_every=0) as writer:
        writer.append(ROWS[4:])
        assert json.loads((tmp_path / ".features.progress.json").read_text())["done"] == 6


def test_rows_are_on_the_disk_before_they_are_counted(tmp_path, monkeypatch):
    """Else a power cut would leave a number of rows that are not there."""
    done, flush, write = [], np.memmap.flush, store.write_json
    monkeypatch.setattr(np.memmap, "flush", lambda rows: (done.append("flush"), flush(rows)))
    monkeypatch.setattr(store, "write_json", lambda *file: (done.append("count"), write(*file)))
    with FeatureWriter(tmp_path, (6, 2), {}) as writer:
        writer.append(ROWS[:4])
        writer.save()
        assert done == ["flush", "count"]


def test_two_writers_do_not_mix(tmp_path):
    with FeatureWriter(tmp_path, (6, 2), {}) as writer:
        writer.append(ROWS)
        with (
            pytest.raises(InputError, match="another process is writing"),
            FeatureWriter(tmp_path, (6, 2), {}),
        ):
            pass
        writer.finish({})
    np.testing.assert_array_equal(read_features(tmp_path)[0], ROWS)


def test_finishing_early_is_a_programming_error(tmp_path):
    with FeatureWriter(tmp_path, (6, 2), {}) as writer, pytest.raises(ValueError, match="4 of 6"):
        writer.append(ROWS[:4])
        writer.finish({})


def test_rows_are_taken_by_an_open_writer_alone(tmp_path):
    writer = FeatureWriter(tmp_path, (1, 2), {})
    with pytest.raises(RuntimeError, match="not open"):
        writer.append(np.zeros((1, 2), np.float32))


@pytest.fixture
def stored(tmp_path):
    """A store of 100,000 bytes of which a sample holds a tenth."""
    rows = np.arange(25_000, dtype=np.float32).reshape(250, 100)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_PARTS", 9)
        patch.setattr(store, "_PART_BYTES", 1000)
        with FeatureWriter(tmp_path, rows.shape, {}) as writer:
            writer.append(rows)
            writer.finish({"notes": []})
        yield tmp_path


def changed(folder, spot):
    content = bytearray((folder / "features.npy").read_bytes())
    content[spot] ^= 1
    (folder / "features.npy").write_bytes(content)


@pytest.mark.parametrize("spot", [-1, 200, 50_050, 60_002])
def test_a_changed_byte_is_found(stored, spot):
    changed(stored, spot)
    with pytest.raises(InputError, match=r"features\.npy has the checksum .* it is damaged or was changed"):
        read_features(stored)


def test_of_a_large_array_a_sample_is_compared_unless_all_is_asked_for(stored, monkeypatch):
    monkeypatch.setattr(store, "WHOLE_BYTES", 100_000)
    changed(stored, 50_050)  # not in the sample
    assert read_features(stored)[0].shape == (250, 100)
    monkeypatch.setenv(CHECK, "whole")
    with pytest.raises(InputError, match="checksum"):
        read_features(stored)
    changed(stored, 50_050)
    read_features(stored)
    monkeypatch.setenv(CHECK, "sample")
    changed(stored, -1)
    with pytest.raises(InputError, match="checksum"):
        read_features(stored)
    monkeypatch.setenv(CHECK, "all")
    with pytest.raises(InputError, match="MGAH_CHECK_STORES is 'all', expected whole or sample"):
        read_features(stored)


def test_a_sample_knows_the_size_and_both_ends(tmp_path):
    file, found = tmp_path / "x", set()
    for content in (bytes(3), bytes(4), b"\1\0\0", b"\0\0\1", b""):
        file.write_bytes(content)
        found.add(sample_sha256(file))
    assert len(found) == 5


def test_progress_that_cannot_be_is_discarded(tmp_path):
    for done in (7, -1, None, "4", 4.0):
        with FeatureWriter(tmp_path, (6, 2), {}) as writer:
            writer.append(ROWS[:4])
        progress = tmp_path / ".features.progress.json"
        progress.write_text(json.dumps(json.loads(progress.read_text()) | {"done": done}))
        with FeatureWriter(tmp_path, (6, 2), {}) as writer:
            assert writer.done == 0


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "out").write_text("x")
    with pytest.raises(InputError, match=r"folder .*out cannot be made, as .*out is a file"):
        FeatureWriter(tmp_path / "out", (6, 2), {}).__enter__()
