"""A published run: its page and figures are drawn again of its tidy tables, whose numbers stay."""

import shutil

import pytest

from mgah.errors import InputError
from mgah.io.files import read_json, write_json
from mgah.io.packed import pack
from mgah.report.page.again import remake_page
from mgah.report.page.provenance import PAGE, PROVENANCE, commit
from mgah.report.publish import MANIFEST, check_manifest, check_record, publish, write_manifest
from mgah.tables.semantics_notes import COLUMNS
from tests.report.page.conftest import finish

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """A published run that has the tidy tables of figure 3, but not those of the gallery; do not change it."""
    run = finish(tmp_path_factory.mktemp("made") / "tiny")
    target = run.parent / "published/tiny"
    publish(run, target)
    notes = pack(",".join(COLUMNS).encode() + b"\n")
    (target / "semantics_notes.csv.xz").write_bytes(notes)
    write_manifest(target)
    return target


@pytest.fixture
def finished(once, tmp_path):
    """A finished run, computed by another commit on another machine."""
    run = shutil.copytree(once.parents[1] / "tiny", tmp_path / "tiny")
    told = {"commit": "0123456789abcdef", "changed": True, "versions": {"python": "3.99"}}
    record = read_json(run / PROVENANCE)
    write_json(run / PROVENANCE, record | told | {"machine": record["machine"] | {"processor": "An abacus"}})
    return run


@pytest.fixture
def published(once, tmp_path):
    return shutil.copytree(once, tmp_path / "published/tiny")


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("config", "outputs"), 3, r"the config in .*provenance\.json has outputs 3, expected an object"),
        (
            ("config", "outputs", "figures"),
            3,
            r"outputs in .*provenance\.json has figures 3, expected a list",
        ),
        (("config", "name"), None, r"the config in .* has name None, expected a text that is not empty"),
        (("config", "datasets"), {"d": 3}, r"datasets of the config in .* has d 3, expected an object"),
        (
            ("config", "datasets", "d"),
            {"semantics": {"g": 3}},
            r"semantics of the dataset d .* has g 3, expected an",
        ),
        (
            ("config", "datasets", "d"),
            {"development_splits": 3},
            r"the dataset d .* has development_splits 3",
        ),
        (("config", "comparison"), 3, r"the config in .* has comparison 3, expected an object"),
        (("versions",), 3, r"provenance\.json has versions 3, expected an object"),
        (("stages",), 3, r"provenance\.json has stages 3, expected a list of objects"),
    ],
)
def test_a_damaged_provenance_is_one_error(published, path, value, words):
    record = read_json(published / PROVENANCE)
    place = record
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(InputError, match=words):
        check_record(record, str(published / PROVENANCE), "publish it again")
    write_json(published / PROVENANCE, record)
    write_manifest(published)
    with pytest.raises(InputError, match=words):
        remake_page(published)


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        (
            "tables/table1.json",
            r"tiny/tables has no table1\.json, expected what runs since version 0\.2\.0 publish",
        ),
        ("provenance.json", r"there is no file .*tiny/provenance\.json"),
    ],
)
def test_a_published_run_without_what_its_page_is_made_of_is_refused(published, lacking, words):
    (published / lacking).unlink()
    write_manifest(published)
    before = contents(published)
    with pytest.raises(InputError, match=words):
        remake_page(published)
    assert contents(published) == before


def test_checksums_may_begin_with_a_dot(published):
    text = (published / MANIFEST).read_text()
    (published / MANIFEST).write_text(text.replace("  ", "  ./"))
    check_manifest(published)


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_what_can_be_drawn_is_drawn_and_no_number_changes(published):
    before = contents(published)
    assert remake_page(published) == published / PAGE
    after = contents(published)
    changed = {name for name in before if before[name] != after[name]}
    assert before.keys() == after.keys()
    assert changed == {"figures/figure3.png", "figures/figure3.svg", PAGE, PROVENANCE, MANIFEST}
    assert b"P@H" in after["figures/figure3.svg"], "of the scores"
    here, edited = commit()
    assert read_json(published / PROVENANCE)["rendered"] == {"commit": here, "changed": edited}
    assert b"drawn again from the run's own files, with the same numbers, by" in after[PAGE]
    assert [path.name for path in published.parent.iterdir()] == ["tiny"]
    remake_page(published)
    assert contents(published) == after


def test_a_file_that_was_changed_is_refused_and_nothing_is_touched(published):
    (published / "scores.csv.xz").write_bytes(b"")
    before = contents(published)
    with pytest.raises(InputError, match=r"scores\.csv\.xz changed after the run was published"):
        remake_page(published)
    assert contents(published) == before


def test_a_finished_run_keeps_what_computed_it_and_tells_what_made_its_page(finished, tmp_path):
    before, record = contents(finished), read_json(finished / PROVENANCE)
    assert remake_page(finished) == finished / PAGE
    after, here = contents(finished), dict(zip(("commit", "changed"), commit(), strict=True))
    assert {name for name in before if before[name] != after[name]} == {PAGE, PROVENANCE}
    assert read_json(finished / PROVENANCE) == record | {"rendered": here}
    page = after[PAGE].decode()
    assert "<code>0123456789abcdef</code>, with changes to it" in page and "An abacus" in page
    assert "python&nbsp;3.99" in page and "drawn again from the run's own files" in page
    target = tmp_path / "results/published/tiny"
    publish(finished, target)
    remake_page(target)
    assert read_json(target / PROVENANCE)["commit"] == "0123456789abcdef"


@pytest.mark.parametrize("lacking", ["machine", "versions", "stages", "commit"])
def test_a_finished_run_without_what_its_page_shows_is_refused(finished, lacking):
    record = read_json(finished / PROVENANCE)
    del record[lacking]
    write_json(finished / PROVENANCE, record)
    before = contents(finished)
    with pytest.raises(InputError, match=rf"tiny/provenance\.json.*{lacking}.*run it to its end again"):
        remake_page(finished)
    assert contents(finished) == before
