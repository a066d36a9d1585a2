"""Why NLTK does not read a WordNet: every reason is named with the file and with what helps."""

import os
import zipfile

import pytest

from mgah.semantics.corpus_faults import _FILES, fault_of

AGAIN = "run: python -m nltk.downloader wordnet"


@pytest.fixture
def folder(tmp_path):
    """A WordNet as it should be, of empty files."""
    (tmp_path / "nltk_data/corpora/wordnet").mkdir(parents=True)
    for name in _FILES:
        (tmp_path / "nltk_data/corpora/wordnet" / name).touch()
    os.system(f"chmod -R go-w {tmp_path}")
    return tmp_path / "nltk_data"


@pytest.fixture
def noun(folder):
    return folder / "corpora/wordnet/data.noun"


@pytest.fixture
def archive(folder):
    with zipfile.ZipFile(folder / "corpora/wordnet.zip", "w") as archive:
        for name in _FILES:
            archive.writestr(f"wordnet/{name}", "")
    (folder / "corpora/wordnet.zip").chmod(0o644)
    return folder / "corpora/wordnet.zip"


def test_a_whole_wordnet_has_no_fault(folder, archive):
    assert fault_of(folder, AGAIN) == ""


def test_a_hard_link_is_to_be_copied(folder, noun):
    (folder / "other").hardlink_to(noun)
    assert fault_of(folder, AGAIN) == (
        f"{noun} has 2 names, as a hard link has, which NLTK refuses: put a copy in its place (cp {noun} {noun}.copy "
        f"&& mv {noun}.copy {noun})"
    )


@pytest.mark.parametrize("place", ["", "corpora", "corpora/wordnet", "corpora/wordnet/data.noun"])
@pytest.mark.parametrize("mode", [0o775, 0o777])
def test_what_others_can_write_is_to_be_made_private(folder, place, mode):
    (folder / place).chmod(mode)
    where = folder / place
    expected = f"{where} can be written by other accounts, which NLTK refuses: run chmod go-w {where}"
    assert fault_of(folder, AGAIN) == expected


def test_many_that_others_can_write_are_one_command(folder, noun):
    folder.chmod(0o775)
    noun.chmod(0o664)
    assert fault_of(folder, AGAIN) == (
        f"{folder} and 1 more can be written by other accounts, which NLTK refuses: run chmod -R go-w {folder}"
    )


def test_files_of_another_account_are_to_be_copied(folder, noun, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    monkeypatch.setattr("mgah.semantics.corpus_faults._ROOT", 1234)
    assert f"{folder} belongs to another account (user id {os.getuid()})" in fault_of(folder, AGAIN)


def test_links_that_lead_out_of_the_folder_are_to_be_copied(folder, noun, tmp_path):
    noun.rename(tmp_path / "data.noun")
    noun.symlink_to(tmp_path / "data.noun")
    assert f"{noun} is a link that leads out of {folder}, to {tmp_path}/data.noun" in fault_of(folder, AGAIN)


def test_what_lacks_files_is_to_be_got_again(folder, noun, archive):
    noun.unlink()
    archive.write_bytes(b"<html>")
    assert fault_of(folder, AGAIN) == (
        f"{noun.parent} lacks data.noun: remove it, then {AGAIN}; {archive} is damaged, or no zip archive (File is not "
        f"a zip file): remove it, then {AGAIN}"
    )
