"""``mgah index`` and ``mgah search``, from images to a page of pictures."""

import json
import re
import shutil

import numpy as np
import pytest

from mgah.commands import main
from mgah.encoding.codes_file import NamedCodes, read_named_codes, write_named_codes
from mgah.methods.codes import Codes, write_codes


@pytest.fixture(scope="module")
def coded(models, pictures, tmp_path_factory):
    """Codes of all pictures by the model that reads frozen features."""
    from mgah.encoding.encoder import read_encoder
    from mgah.encoding.inputs import read_input

    encoder, file = read_encoder(models["frozen"][0]), tmp_path_factory.mktemp("coded") / "codes.npz"
    write_named_codes(file, encoder.encode(read_input(pictures), encoder.backbone(file.parent)))
    return file


def test_an_image_is_encoded_by_the_model_of_the_database_and_finds_itself_first(mgah, coded, pictures):
    lines = mgah("search", coded, pictures / "green/04.png", "-k", 5).splitlines()
    assert lines[0] == "04.png" and len(lines) == 6
    found = [(int(line[:5]), line[7:]) for line in lines[1:]]
    assert found == sorted(found) and (0, "green/04.png") in found


@pytest.mark.slow
def test_an_index_finds_what_the_codes_do_as_json(mgah, coded, pictures, tmp_path):
    pytest.importorskip("faiss")
    queries = pictures / "red apple"
    exact = json.loads(mgah("search", coded, queries, "--radius", 1, "-k", 99, "--json"))
    for kind in ("flat", "multi"):
        assert f"{kind} index of 30 codes of 6 bits" in mgah(
            "index", coded, "-o", tmp_path / f"{kind}.faiss", "--kind", kind
        )
        found = json.loads(
            mgah("search", tmp_path / f"{kind}.faiss", queries, "--radius", 1, "-k", 99, "--json")
        )
        assert found == exact
    assert [entry["query"] for entry in exact][:2] == ["00.png", "03.png"]
    assert all(neighbor["distance"] <= 1 for entry in exact for neighbor in entry["neighbors"])


def test_the_page_has_all_pictures_in_itself_and_escapes_names(mgah, coded, models, pictures, tmp_path):
    odd = tmp_path / "<b>odd.png"
    shutil.copy(pictures / "blue/02.png", odd)
    assert mgah("search", coded, odd, "-k", 4, "--html", tmp_path / "found.html") == ""
    page = (tmp_path / "found.html").read_text()
    assert len(re.findall(r'<img src="data:image/webp;base64,[^"]+"', page)) == 5
    assert "&lt;b&gt;odd.png" in page and "<b>odd.png" not in page
    assert not re.search(r'(src|href)="(?!data:)', page)


def test_a_folder_of_pictures_without_a_page_is_refused(error, coded, pictures):
    assert "--images is the folder of the pictures of a page" in error(
        "search", coded, coded, "--images", pictures
    )


def test_images_that_are_not_there_are_told(coded, pictures, tmp_path, capsys):
    moved = shutil.copytree(pictures, tmp_path / "moved")
    (moved / "green/04.png").unlink()
    words = ["search", coded, pictures / "green/04.png", "-k", 5, "--html", tmp_path / "found.html"]
    for images, lacking in ((pictures, ""), (moved, "1 image,"), (tmp_path, "5 images,")):
        with pytest.raises(SystemExit) as end:
            main([*map(str, words), "--images", str(images)])
        told = capsys.readouterr().err
        assert not end.value.code and "\n1 query in " in f"\n{told}", told
        assert lacking in told and ("an empty box stands for" in told) == bool(lacking), told
    assert f", such as {tmp_path / 'green'}/" in told


def test_names_that_no_file_has_get_an_empty_box(coded, pictures, tmp_path, capsys):
    known, file = read_named_codes(coded), tmp_path / "codes.npz"
    names = ("x" * 300, *known.names[1:])
    write_named_codes(file, NamedCodes(known.n_bits, names, str(pictures), codes=known.codes))
    with pytest.raises(SystemExit) as end:
        main(["search", str(file), str(file), "--html", str(tmp_path / "found.html")])
    assert not end.value.code and "an empty box stands for 1 image," in capsys.readouterr().err


def test_codes_search_codes_without_a_model(mgah, coded):
    found = json.loads(mgah("search", coded, coded, "-k", 1, "--json"))
    assert len(found) == 30 and {entry["neighbors"][0]["distance"] for entry in found} == {0}


def test_another_model_than_that_of_the_database_is_refused(error, coded, models, pictures):
    line = error("search", coded, pictures, "--model", models["head"][0])
    assert "is not the model that made the database" in line


CELL = {"dataset": "toy", "backbone": "net", "method": "frozen"}  # of the model of `coded`


def run_codes(file, coded, **cell):
    """A run's codes file, of the same codes."""
    packed, ids = read_named_codes(coded).codes, np.arange(30)
    codes = Codes(
        packed[:5], ids[:5], ids[:5] % 3, packed[5:], ids[5:], ids[5:] % 3, ids[5:6], tuple("abc"), 6, cell
    )
    write_codes(file, codes)
    return file


@pytest.mark.parametrize("index", [False, True])
@pytest.mark.parametrize(
    "cell",
    [{}, CELL, CELL | {"label": "another name", "notes": ["seen"], "split": "cow"}, {"method": "frozen"}],
)
def test_the_model_of_a_run_s_codes_is_taken(cell, index, mgah, coded, models, pictures, tmp_path):
    database = run_codes(tmp_path / "6.npz", coded, **cell)
    if index:
        pytest.importorskip("faiss")
        mgah("index", database, "-o", tmp_path / "6.faiss")
        database = tmp_path / "6.faiss"
    found = json.loads(mgah("search", database, pictures, "--model", models["frozen"][0], "--json"))
    assert len(found) == 30 and {entry["neighbors"][0]["distance"] for entry in found[5:]} == {0}
    mgah("search", database, coded, "--json")


@pytest.mark.parametrize("index", [False, True])
@pytest.mark.parametrize(
    "other",
    [
        {"dataset": "digits"},
        {"backbone": "pixels"},
        {"method": "mgah"},
        {"dataset": "digits", "method": "mgah"},
    ],
)
def test_a_model_of_another_cell_than_the_codes_is_refused(
    other, index, mgah, error, coded, models, pictures, tmp_path
):
    cell = CELL | other
    database = run_codes(tmp_path / "6.npz", coded, **cell)
    if index:
        pytest.importorskip("faiss")
        mgah("index", database, "-o", tmp_path / "6.faiss")
        database = tmp_path / "6.faiss"
    both = [", ".join(f"{key} {value}" for key, value in of.items()) for of in (CELL, cell)]
    told = error("search", database, pictures, "--model", models["frozen"][0])
    assert f"is the model of {both[0]}, and the codes of the database are of {both[1]}" in told
    told = error("search", database, coded)
    assert f"the codes are of two models, of {both[1]}, and of {both[0]}" in told


@pytest.mark.parametrize(
    "other", [{"seed": 1}, {"split": "b"}, {"semantics": "words"}, {"bits": 12}, {"method": "mgah"}]
)
def test_codes_of_two_cells_are_not_compared(other, mgah, error, coded, tmp_path):
    cell = CELL | {"seed": 0, "split": "a", "semantics": "none", "bits": 6}
    one, same = (run_codes(tmp_path / name, coded, **cell) for name in ("1.npz", "same.npz"))
    two = run_codes(tmp_path / "2.npz", coded, **cell | other)
    mgah("search", one, same)
    assert "the codes are of two models, of dataset toy" in error("search", one, two)


def test_codes_without_a_cell_are_taken(mgah, coded, tmp_path):
    known = read_named_codes(coded)
    assert known.cell == CELL
    write_named_codes(tmp_path / "old.npz", NamedCodes(known.n_bits, known.names, codes=known.codes))
    with np.load(tmp_path / "old.npz") as stored:
        assert "cell" not in stored.files
    mgah("search", run_codes(tmp_path / "6.npz", coded, method="mgah"), tmp_path / "old.npz")


def test_what_holds_no_codes_is_one_sentence(error, coded, tmp_path):
    assert "is no file of codes" in error("search", tmp_path / "codes.npy", coded)
    assert "cannot be read" in error("search", tmp_path / "missing.npz", coded)
    (tmp_path / "codes.npz").write_bytes(coded.read_bytes()[:200])
    assert "cannot be read" in error("index", tmp_path / "codes.npz", "-o", tmp_path / "i.faiss")


@pytest.mark.parametrize(
    "changed, told",
    [
        (
            {"names": None},
            "it has no names, expected the arrays codes, n_bits, names, and cell, images, model",
        ),
        ({"names": None, "n_bits": None}, "it has no n_bits and no names, expected"),
        ({"labels": np.arange(2)}, "it holds labels as well, expected"),
        ({"n_bits": 6.7}, "codes have 6.7 bits, expected an integer of 1 or more"),
        ({"n_bits": "6"}, "codes have '6' bits, expected an integer of 1 or more"),
    ],
)
def test_a_file_with_other_arrays_than_codes_have_says_which(changed, told, error, tmp_path):
    arrays = {"codes": np.array([[4], [8]], np.uint8), "n_bits": 6, "names": ["a", "b"]} | changed
    np.savez(tmp_path / "c.npz", **{name: value for name, value in arrays.items() if value is not None})
    assert told in error("search", tmp_path / "c.npz", tmp_path / "c.npz")
