"""``mgah index`` and ``mgah search``, from images to a page of pictures."""

import json
import re
import shutil

import pytest

from mgah.commands import main


@pytest.fixture(scope="module")
def coded(models, pictures, tmp_path_factory):
    """Codes of all pictures by the model that reads frozen features."""
    from mgah.encoding.codes_file import write_named_codes
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


def test_images_that_are_not_there_are_told(coded, pictures, tmp_path, capsys):
    moved = shutil.copytree(pictures, tmp_path / "moved")
    (moved / "green/04.png").unlink()
    words = ["search", coded, pictures / "green/04.png", "-k", 5, "--html", tmp_path / "found.html"]
    for images, lacking in ((pictures, 0), (moved, 1), (tmp_path, 5)):
        with pytest.raises(SystemExit) as end:
            main([*map(str, words), "--images", str(images)])
        told = capsys.readouterr().err
        assert not end.value.code and (f"{lacking:,} images have an empty box" in told) == (lacking > 0), told
    assert f", such as {tmp_path / 'green'}/" in told


def test_codes_search_codes_without_a_model(mgah, coded):
    found = json.loads(mgah("search", coded, coded, "-k", 1, "--json"))
    assert len(found) == 30 and {entry["neighbors"][0]["distance"] for entry in found} == {0}


def test_another_model_than_that_of_the_database_is_refused(error, coded, models, pictures):
    line = error("search", coded, pictures, "--model", models["head"][0])
    assert "is not the model that made the database" in line


def test_what_holds_no_codes_is_one_sentence(error, coded, tmp_path):
    assert "is no file of codes" in error("search", tmp_path / "codes.npy", coded)
    assert "cannot be read" in error("search", tmp_path / "missing.npz", coded)
    (tmp_path / "codes.npz").write_bytes(coded.read_bytes()[:200])
    assert "cannot be read" in error("index", tmp_path / "codes.npz", "-o", tmp_path / "i.faiss")
