"""``mgah encode``: the bits of the run that trained the model, from files of images and from features."""

import json
import os
import shutil

import numpy as np
import pytest

from mgah.baselines.lsh import LSH
from mgah.encoding import encoder as module
from mgah.encoding.codes_file import read_named_codes
from mgah.encoding.inputs import read_input
from mgah.errors import InputError
from mgah.methods.codes import Codes, pack, write_codes
from mgah.methods.models import save_model
from tests.commands.made import BITS, COUNT, REGIMES, rows_of


@pytest.mark.slow
@pytest.mark.parametrize("regime", REGIMES)
def test_images_get_the_codes_of_the_run_bit_by_bit(regime, mgah, models, pictures, tmp_path, monkeypatch):
    model, expected = models[regime]
    monkeypatch.setattr(module, "_ROWS", 7)
    told = mgah("encode", model, pictures, "-o", tmp_path / "codes.npz", "--threads", 2)
    codes = read_named_codes(tmp_path / "codes.npz")
    np.testing.assert_array_equal(codes.codes, expected)
    assert codes.n_bits == BITS and f"{COUNT} codes of {BITS} bits" in told
    assert codes.names == tuple(sorted(codes.names)) and "red apple/00.png" in codes.names
    assert len(np.unique(expected)) > 1


@pytest.mark.slow
def test_one_image_a_list_and_features_get_the_same_codes(mgah, models, pictures, tmp_path):
    model, expected = models["head"]
    mgah("encode", model, pictures / "blue/02.png", "-o", tmp_path / "one.npy")
    np.testing.assert_array_equal(np.load(tmp_path / "one.npy"), expected[:1])  # blue comes first
    listed = pictures / "list.txt"
    listed.write_text("blue/05.png\n\nblue/02.png\n")
    mgah("encode", model, listed, "-o", tmp_path / "two.npz")
    listed.unlink()
    two = read_named_codes(tmp_path / "two.npz")
    assert two.names == ("blue/05.png", "blue/02.png")
    np.testing.assert_array_equal(two.codes, expected[1::-1])
    rows = rows_of([module.Images(pictures, ()).load("blue/02.png")], None)
    np.savez(tmp_path / "rows.npz", features=rows, names=["mine"])
    mgah("encode", model, tmp_path / "rows.npz", "-o", tmp_path / "own.npz")
    own = read_named_codes(tmp_path / "own.npz")
    assert own.names == ("mine",) and own.codes.tolist() == expected[:1].tolist()


@pytest.mark.slow
@pytest.mark.parametrize("regime", REGIMES)
def test_images_that_cannot_be_read_are_told_together_or_left_out(
    regime, mgah, error, models, pictures, tmp_path
):
    model, expected = models[regime]
    folder = tmp_path / "pictures"
    shutil.copytree(pictures, folder)
    names = read_input(folder).names
    lost = [names[place] for place in (0, 3, len(names) - 1)]
    for name in lost[:2]:
        (folder / name).write_bytes(b"no image")
    (folder / lost[2]).write_bytes(b"")
    line = error("encode", model, folder, "-o", tmp_path / "codes.npz")
    assert f"3 images of {folder} cannot be read, and mgah encode --unreadable skip leaves them out: " in line
    assert all(name in line for name in lost) and not (tmp_path / "codes.npz").exists()
    told = mgah("encode", model, folder, "-o", tmp_path / "codes.npz", "--unreadable", "skip")
    assert f"3 images of {folder} cannot be read and are left out: {', '.join(lost)}." in told
    codes = read_named_codes(tmp_path / "codes.npz")
    kept = [place for place, name in enumerate(names) if name not in lost]
    assert codes.names == tuple(names[place] for place in kept)
    np.testing.assert_array_equal(codes.codes, expected[kept])


@pytest.mark.slow
def test_no_image_that_can_be_read_is_refused_and_so_is_another_word(error, models, tmp_path):
    model, _ = models["frozen"]
    for number in range(12):
        (tmp_path / f"{number:02}.png").write_bytes(b"no image")
    line = error("encode", model, tmp_path, "-o", tmp_path / "codes.npz", "--unreadable", "skip")
    assert f"12 images of {tmp_path} cannot be read, which are all that there are: image " in line
    assert "09.png" in line and "10.png" not in line and "; and 2 more" in line
    line = error("encode", model, tmp_path, "-o", tmp_path / "codes.npz", "--unreadable", "ignore")
    assert "--unreadable is 'ignore', expected stop or skip" in line


@pytest.mark.slow
def test_other_weights_than_the_model_was_trained_on_are_refused(error, models, pictures, tmp_path):
    model, _ = models["frozen"]
    run = tmp_path / "run"
    shutil.copytree(model.parents[7], run)
    card = json.loads((run / "backbones/net.json").read_text())
    (run / "backbones/net.json").write_text(json.dumps(card | {"weights_sha256": "f" * 64}))
    line = error("encode", run / model.relative_to(model.parents[7]), pictures, "-o", tmp_path / "codes.npz")
    assert "trained on tiny.pth, ffff" in line and "--weights" in line
    assert not (tmp_path / "codes.npz").exists()


def test_a_model_away_from_its_run_says_what_it_lacks(error, models, pictures, tmp_path):
    model, _ = models["frozen"]
    for suffix in (".safetensors", ".json"):
        shutil.copy(model.with_suffix(suffix), tmp_path)
    line = error("encode", tmp_path / model.name, pictures, "-o", tmp_path / "codes.npz")
    assert "backbones/net.json" in line


@pytest.mark.parametrize(
    "name, words",
    [
        ("missing", "there is no"),
        ("empty", "has no image"),
        ("broken.png", "broken.png"),
        ("notes.doc", "is not known by its name"),
        ("flat.npy", r"have the shape (3,), expected (n, d)"),
        ("other.npz", "holds a, b, expected the array features"),
        ("wide.npy", "expected float32 or float64 of shape (n, 8)"),
    ],
)
def test_bad_input_is_one_sentence(name, words, error, models, tmp_path):
    (tmp_path / "empty").mkdir()
    for file in ("broken.png", "notes.doc"):
        (tmp_path / file).write_text("no image")
    np.save(tmp_path / "flat.npy", np.zeros(3, np.float32))
    np.save(tmp_path / "wide.npy", np.zeros((3, 9), np.float32))
    np.savez(tmp_path / "other.npz", a=np.zeros(3), b=np.zeros(3))
    assert words in error("encode", models["frozen"][0], tmp_path / name, "-o", tmp_path / "codes.npz")


def test_names_that_no_table_holds_are_one_sentence(error, models, pictures, tmp_path):
    model, target = models["frozen"][0], tmp_path / "codes.npz"
    for name in ("nul\0.png", "tab\tin.png"):
        (tmp_path / "list.txt").write_text(f"{pictures}/blue/02.png\n{name}\n")
        line = error("encode", model, tmp_path / "list.txt", "-o", target)
        assert f"the image {name!r} of {tmp_path} has a name that is no UTF-8, or a control character" in line
    (tmp_path / "folder").mkdir()
    try:
        shutil.copy(pictures / "blue/02.png", tmp_path / "folder" / os.fsdecode(b"bad\xff.png"))
    except OSError:  # macOS takes no such name
        return
    assert r"'bad\udcff.png' of" in error("encode", model, tmp_path / "folder", "-o", target)
    assert not target.exists()


@pytest.mark.parametrize("bad", [[0], [8500], [8191, 8192, 8999], [3, 8500]])
@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_rows_without_numbers_are_counted_and_named_among_all(bad, suffix, error, models, tmp_path):
    rows = np.zeros((9000, 8), np.float32)
    rows[bad, 1] = [np.nan, np.inf, -np.inf][: len(bad)]
    save = {".npy": np.save, ".npz": lambda file, rows: np.savez(file, features=rows)}[suffix]
    save(tmp_path / f"X{suffix}", rows)
    told = error("encode", models["frozen"][0], tmp_path / f"X{suffix}", "-o", tmp_path / "codes.npz")
    rows = "1 row" if len(bad) == 1 else f"{len(bad)} rows"
    assert f"not finite in {rows}, first in row {bad[0]}: " in told
    assert not (tmp_path / "codes.npz").exists()


@pytest.mark.parametrize("dtype", ["float16", ">f4", "float64", "longdouble", "int16", "uint8"])
def test_numbers_of_any_type_get_the_codes_of_the_run_which_stores_float32(dtype, mgah, tmp_path):
    values = (40 * np.random.default_rng(0).random((31, 5))).astype(dtype)
    stored = values.astype(np.float32)
    method = LSH(n_bits=4).fit(stored)
    save_model(tmp_path / "4.safetensors", "lsh", method, {"backbone": "vectors"})
    np.save(tmp_path / "X.npy", np.asfortranarray(values))
    mgah("encode", tmp_path / "4.safetensors", tmp_path / "X.npy", "-o", tmp_path / "codes.npy")
    np.testing.assert_array_equal(np.load(tmp_path / "codes.npy"), pack(method.encode(stored)))


def test_numbers_that_float32_does_not_hold_are_refused(error, models, tmp_path):
    rows = np.ones((3, 8))
    rows[1:] = 1e300
    np.save(tmp_path / "X.npy", rows)
    told = error("encode", models["frozen"][0], tmp_path / "X.npy", "-o", tmp_path / "codes.npz")
    assert "features hold 1.0e+300 in row 1, expected no more than float32 holds, 3.4e+38: divide all" in told
    assert not (tmp_path / "codes.npz").exists()


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_list_may_be_of_any_editor(mark, ends, pictures, tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_bytes(f"{mark}blue/05.png{ends}{ends}blue/02.png{ends}".encode())
    assert read_input(listed).names == ("blue/05.png", "blue/02.png")


NAMES = {
    "text": (np.array(["a", "é"]), ("a", "é")),
    "bytes": (np.array([b"a", "é".encode()]), ("a", "é")),
    "integers": (np.array([7, 8]), ("7", "8")),
    "dates": (np.array(["2020-01-01", "2020-01-02"], "datetime64[D]"), ("2020-01-01", "2020-01-02")),
}


@pytest.mark.parametrize("kind", NAMES)
def test_names_of_rows_are_texts(kind, tmp_path):
    stored, expected = NAMES[kind]
    np.savez(tmp_path / "X.npz", features=np.zeros((2, 8), np.float32), names=stored)
    assert read_input(tmp_path / "X.npz").names == expected
    np.savez(tmp_path / "codes.npz", codes=np.zeros((2, 1), np.uint8), n_bits=8, names=stored)
    assert read_named_codes(tmp_path / "codes.npz").names == expected


@pytest.mark.parametrize(
    "names, told",
    [
        (
            np.array([["a", "b"], ["c", "d"]]),
            "are <U1 of shape (2, 2), expected texts of shape (n,), one for each",
        ),
        (np.array([["a", "b"]]), "are <U1 of shape (1, 2), expected texts"),
        (np.array("ab"), "are <U2 of shape (), expected texts"),
        (np.array(2), "are int64 of shape (), expected texts"),
        (np.array([b"a", b"\xff"]), "are bytes that are no UTF-8"),
        (np.zeros(2, [("x", int)]), "expected texts of shape (n,)"),
        (np.array(["a", "b", "c"]), " 3 names"),
        (np.array(["a", "b\n"]), "hold 'b\\n' in row 1, expected a line of text without control characters"),
        (np.array(["a", "\udcff"]), "in row 1, expected a line of text"),
    ],
)
def test_names_without_a_reading_are_one_sentence(names, told, error, models, tmp_path):
    np.savez(tmp_path / "X.npz", features=np.zeros((2, 8), np.float32), names=names)
    line = error("encode", models["frozen"][0], tmp_path / "X.npz", "-o", tmp_path / "codes.npz")
    assert told in line and "X.npz" in line and not (tmp_path / "codes.npz").exists()
    np.savez(tmp_path / "own.npz", codes=np.zeros((2, 1), np.uint8), n_bits=8, names=names)
    line = error("search", tmp_path / "own.npz", tmp_path / "own.npz")
    assert told in line and "own.npz" in line


def test_a_model_that_is_not_there_is_told(error, tmp_path):
    words = error("encode", tmp_path / "no.safetensors", tmp_path, "-o", tmp_path / "codes.npz")
    assert "there is no model" in words and "no.safetensors: expected results/<run>/models" in words


def test_a_name_that_codes_cannot_have_is_told_before_anything_is_encoded(error, tmp_path):
    words = error("encode", tmp_path / "no.safetensors", tmp_path, "-o", tmp_path / "codes.txt")
    assert "ends in .npz or .npy" in words


def test_the_database_of_a_run_is_read_as_named_codes(tmp_path):
    packed, ids = np.array([[3], [7]], np.uint8), np.array([4, 2])
    cell = Codes(packed, ids + 9, ids, packed, ids, ids, ids[:1], tuple("abcde"), 8, {"dataset": "toy"})
    write_codes(tmp_path / "codes/toy/8.npz", cell)
    assert read_named_codes(tmp_path / "codes/toy/8.npz").names == ("4", "2")
    table = tmp_path / "data/toy/images.csv"
    classes = [0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 2, 0, 4]
    rows = [f"{i},{label},{'abcde'[label]},{i:02}.png,{i:032x}" for i, label in enumerate(classes)]
    table.parent.mkdir(parents=True)
    table.write_text("\n".join(["id,class_id,class_name,path,content", *rows]))
    found = read_named_codes(tmp_path / "codes/toy/8.npz")
    assert found.names == ("04.png", "02.png") and found.codes.tolist() == [[3], [7]]
    for other, words in (
        (rows[:-1], "13 images, but codes are of 13"),
        ([*rows[:-1], rows[-1].replace("4,e", "3,d")], "the image 13 in class 'd', but its code is of 'e'"),
    ):
        table.write_text("\n".join(["id,class_id,class_name,path,content", *other]))
        with pytest.raises(InputError, match=f"images table .*{words}: use the table of the run"):
            read_named_codes(tmp_path / "codes/toy/8.npz")
