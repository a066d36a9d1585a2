"""Publishing: what is copied, what is refused, and that a folder is whole or not there."""

import lzma
import os
import shutil
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from mgah.errors import InputError
from mgah.io.files import sha256
from mgah.report.outputs import SUFFIXES
from mgah.report.publish import (
    LEADERBOARD,
    MANIFEST,
    check_manifest,
    publish,
    published_files,
    read_table,
    write_manifest,
)
from mgah.tables.scores import read_scores
from tests.report.page.conftest import finish


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A finished run; do not change it."""
    return finish(tmp_path_factory.mktemp("made") / "tiny")


@pytest.fixture
def run(made, tmp_path):
    return shutil.copytree(made, tmp_path / "results/tiny")


@pytest.fixture
def target(tmp_path):
    return tmp_path / "results/published/tiny"


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.slow
def test_tables_figures_page_and_tidy_tables_are_copied_with_checksums(run, target):
    written = publish(run, target)
    tables = [
        f"tables/{name}{s}" for name in ("claims", "extra", "table1", "table2") for s in SUFFIXES["tables"]
    ]
    figures = [f"figures/{name}{suffix}" for name in ("figure3", "gallery") for suffix in SUFFIXES["figures"]]
    expected = sorted([*tables, *figures, "scores.csv.xz", "report.html", "provenance.json", MANIFEST])
    assert names(target) == expected == sorted(path.relative_to(target).as_posix() for path in written)
    lines = dict(reversed(line.split("  ")) for line in (target / MANIFEST).read_text().splitlines())
    assert lines == {name: sha256(target / name) for name in expected if name != MANIFEST}
    for name in set(lines) - {"scores.csv.xz"}:
        assert (target / name).read_bytes() == (run / name).read_bytes()
    assert lzma.decompress((target / "scores.csv.xz").read_bytes()) == (run / "scores.csv").read_bytes()
    assert names(target.parent) == [f"tiny/{name}" for name in expected]


@pytest.mark.slow
def test_an_older_one_is_replaced_as_a_whole(run, target):
    publish(run, target)
    (target / "tables/old.md").write_text("old")
    write_manifest(target)
    for name in LEADERBOARD:  # of mgah report --merge
        (target / name).write_text("")
    publish(run, target)
    assert not {*LEADERBOARD} & {*names(target)}
    assert "tables/old.md" not in names(target)
    assert [path.name for path in target.parent.iterdir()] == ["tiny"]


@pytest.mark.slow
def test_what_a_killed_one_left_does_not_matter(run, target):
    leftover = target.with_name(".tiny.publishing")
    leftover.mkdir(parents=True)
    (leftover / "half.csv").write_text("")
    publish(run, target)
    assert "half.csv" not in names(target)
    assert not leftover.exists()


def test_a_published_table_is_read_as_the_run_s_own_and_has_the_same_bytes_each_time(run, target):
    publish(run, target)
    first = (target / "scores.csv.xz").read_bytes()
    pd.testing.assert_frame_equal(read_scores(target / "scores.csv.xz"), read_scores(run / "scores.csv"))
    publish(run, target)
    assert (target / "scores.csv.xz").read_bytes() == first


@pytest.mark.parametrize("step", ["write_bytes", "rename"])
def test_a_failure_leaves_the_older_one_as_it_was(run, target, monkeypatch, step):
    publish(run, target)
    before = {name: sha256(target / name) for name in names(target)}
    place, calls = (Path, []) if step == "write_bytes" else (os, [])
    original = getattr(place, step)

    def third_time_fails(*arguments, **more):
        calls.append(arguments)
        # the second rename puts the fresh folder in its place
        if len(calls) == (3 if step == "write_bytes" else 2):
            raise OSError("no space left")
        return original(*arguments, **more)

    monkeypatch.setattr(place, step, third_time_fails)
    with pytest.raises(OSError, match="no space left"):
        publish(run, target)
    assert {name: sha256(target / name) for name in names(target)} == before
    assert [path.name for path in target.parent.iterdir()] == ["tiny"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "SHA256SUMS, line 1: expected the checksum and the name of a file"),
        (f"{'0' * 64}  a.csv\nabc\n", "SHA256SUMS, line 2: expected the checksum"),
        (f"{'0' * 64}  a.csv\n", r"tiny: a\.csv changed after the run was published"),
        (
            f"{'0' * 64} *b.csv\n",
            r"tiny: b\.csv, a\.csv changed after the run was published, or is gone or new",
        ),
    ],
)
def test_a_manifest_that_is_not_that_of_the_folder_is_refused(tmp_path, content, words):
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny/a.csv").write_text("x")
    (tmp_path / "tiny" / MANIFEST).write_text(content)
    with pytest.raises(InputError, match=words):
        check_manifest(tmp_path / "tiny")


def test_an_unfinished_run_is_refused(run, target):
    (run / "figures/figure3.png").unlink()
    with pytest.raises(InputError, match=r"tiny is not finished: it has no figures/figure3\.png"):
        publish(run, target)
    (run / "provenance.json").unlink()
    with pytest.raises(InputError, match=r"has no provenance\.json, expected a finished run"):
        publish(run, target)
    assert not target.exists()


@pytest.mark.parametrize(
    "name", ["scores.csv", "tables/table1.md", "scores/awa2_mini/lite0/attributes/itq.csv"]
)
def test_tables_of_other_scores_are_refused(run, target, name):
    (run / name).write_text((run / name).read_text() + "\n")
    with pytest.raises(InputError, match=f"{name} changed after the page was made"):
        publish(run, target)
    assert not target.exists()


def test_a_large_file_is_refused_with_its_size(run, target):
    size = (run / "figures/gallery.svg").stat().st_size / 1e6
    with pytest.raises(
        InputError, match=rf"figures/gallery\.svg \({size:.1f} MB\), expected at most 1 MB a file"
    ):
        publish(run, target, limit_mb=1)
    assert not target.parent.exists()


def test_a_folder_of_something_else_is_not_deleted(run, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.tex").write_text("")
    with pytest.raises(InputError, match=r"holds thesis\.tex, expected a published run"):
        publish(run, home)
    for place in (run, run.parent, run / "published"):
        with pytest.raises(InputError, match="hold one another"):
            publish(run, place)
    with pytest.raises(InputError, match="is a file, expected a folder"):
        publish(run, home / "thesis.tex")
    assert (home / "thesis.tex").exists() and published_files(run)


@pytest.mark.parametrize(
    "strange",
    [
        ("raw_measurements.csv", "figures/photo.psd"),
        ("tables/mine.csv",),
        ("figures/deep/below/notes.txt",),
        ("leaderboard.csv",),
        ("scores.csv.xz",),
        ("SHA256SUMS",),
        ("provenance.json",),
        (".hidden",),
    ],
)
@pytest.mark.parametrize("published", [False, True])
def test_nothing_of_somebody_else_s_is_lost(run, target, published, strange):
    if published:
        publish(run, target)
    if strange[0] in {MANIFEST, *LEADERBOARD, *names(target)} and published:
        pytest.skip("it is the published run's own")
    for name in strange:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text("mine")
    before = {name: sha256(target / name) for name in names(target)}
    told = r"holds .*, expected a published run and nothing else, .*: give another folder, or move them out of it"
    with pytest.raises(InputError, match=told) as caught:
        publish(run, target)
    assert all(name in str(caught.value) for name in strange)
    assert {name: sha256(target / name) for name in names(target)} == before
    assert [path.name for path in target.parent.iterdir()] == ["tiny"]


@pytest.mark.parametrize("lacking", [MANIFEST, "provenance.json"])
def test_a_published_run_without_what_tells_it_is_one_is_not_deleted(run, target, lacking):
    publish(run, target)
    (target / lacking).write_text("{}")
    with pytest.raises(
        InputError, match=r"holds SHA256SUMS, figures/figure3\.png, .* and \d+ more files, expected"
    ):
        publish(run, target)
    assert (target / "scores.csv.xz").exists()


def test_a_link_to_a_folder_of_somebody_else_s_is_not_deleted(run, target, tmp_path):
    publish(run, target)
    (tmp_path / "photos").mkdir()
    (target / "figures/photos").symlink_to(tmp_path / "photos")
    with pytest.raises(InputError, match="holds figures/photos, expected a published run"):
        publish(run, target)
    assert (target / "figures/photos").is_symlink()


def test_an_empty_folder_and_a_link_to_one_are_taken(run, target):
    target.mkdir(parents=True)
    publish(run, target)
    link = target.with_name("link")
    link.symlink_to(target)
    publish(run, link)
    assert link.is_symlink() and (target / MANIFEST).exists()


@pytest.mark.parametrize(
    "name",
    [
        "chosen",
        "cpu",
        "field",
        "regimes",
        "regimes_backbones",
        "regimes_chosen",
        "regimes_lengths",
        "regimes_lengths_16",
        "semantics",
        "small",
    ],
)
def test_what_is_published_with_the_project_may_be_replaced(run, target, name):
    shutil.copytree(Path(__file__).parents[2] / "results/published" / name, target)
    publish(run, target)
    assert names(target) == names(publish_beside(run, target))


def publish_beside(run, target):
    """The folder of what is published where nothing was."""
    publish(run, beside := target.with_name("beside"))
    return beside


def test_what_is_published_with_the_project_is_small():
    root = Path(__file__).parents[2] / "results/published"
    pages = {page.parent.name: page.stat().st_size for page in root.glob("*/report.html")}
    assert pages.keys() >= {"cpu", "small", "regimes"} and max(pages.values()) < 4e6
    sizes = Counter()
    for path in root.rglob("*"):
        if path.parent.parent == root and path.name in LEADERBOARD:  # made here, and kept by nobody
            continue
        sizes["field" if root / "field" in path.parents else "others"] += path.is_file() * path.stat().st_size
    assert sizes["field"] < 8e6 and sizes["others"] < 20e6


def test_a_table_without_a_column_or_with_a_text_for_a_number_is_one_error(tmp_path):
    (tmp_path / "tables").mkdir()
    file = tmp_path / "tables/significance.csv"
    file.write_text("method,bits,p\nitq,32,0.5\nksh,32,\n")
    table = read_table(tmp_path, "significance", ("method",), ("bits", "p"), keep_default_na=False)
    assert table["bits"].tolist() == [32, 32] and table["p"].isna().tolist() == [False, True]
    with pytest.raises(
        InputError, match=r"significance\.csv has no columns won, unit, expected them: make the table"
    ):
        read_table(tmp_path, "significance", ("method", "won"), ("unit",))
    file.write_text("method,bits\nitq,many\n")
    with pytest.raises(
        InputError, match=r"significance\.csv, column bits: got 'many', expected a number or nothing"
    ):
        read_table(tmp_path, "significance", numbers=("bits",))
