"""Raw data among the params of jobs: its folder, and the files that the config names."""

import os

from workflow.raw_data import state

OPTIONS = {"folder": "set.zip", "aliases": {"automobile": "car"}, "limit": 3, "more": ["vectors/a.txt"]}


def test_a_replaced_file_changes_the_state(tmp_path):
    (tmp_path / "set.zip").write_bytes(b"abc")
    os.utime(tmp_path / "set.zip", ns=(5, 7))
    before = state(str(tmp_path), OPTIONS)
    assert before == [os.path.realpath(tmp_path), ["set.zip", 3, 7]]
    os.utime(tmp_path / "set.zip", ns=(5, 8))
    assert state(str(tmp_path), OPTIONS) != before
    (tmp_path / "set.zip").write_bytes(b"abcd")
    os.utime(tmp_path / "set.zip", ns=(5, 7))
    assert state(str(tmp_path), OPTIONS) == [before[0], ["set.zip", 4, 7]]


def test_files_count_at_any_depth_and_folders_do_not(tmp_path):
    (tmp_path / "vectors").mkdir()
    (tmp_path / "car").mkdir()
    (tmp_path / "vectors/a.txt").write_text("a")
    assert [entry[0] for entry in state(str(tmp_path), OPTIONS, None)[1:]] == ["vectors/a.txt"]


def test_another_folder_is_another_state_and_a_link_to_it_is_not(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "one")
    assert state(str(tmp_path / "one")) != state(str(tmp_path / "two"))
    assert state(str(tmp_path / "link")) == state(str(tmp_path / "one"))


def test_a_relative_folder_counts_as_it_is_written_whether_it_is_there_or_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert state("data/", OPTIONS) == ["data"]
