"""The contract, over every output found; file formats; the command line."""

import json
import locale
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import matplotlib
import pandas as pd
import pytest

from mgah import registry
from mgah.errors import InputError
from mgah.io.files import write_json
from mgah.report import __main__ as report
from mgah.report import collect
from mgah.report.footnotes import numbered
from mgah.report.inputs import INPUTS, read_inputs
from mgah.report.outputs import SUFFIXES
from mgah.report.outputs.base import Frame, Table
from mgah.report.paper.published import REFERENCE
from mgah.report.style import block_label
from mgah.report.writers import markdown, read_table, write_output, write_table
from mgah.tables.scores import METHOD_COLUMNS, write_scores
from mgah.tables.sweeps import read_sweeps, write_sweeps

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
TABLES = [name for name in registry.names("outputs") if registry.find("outputs", name).group == "tables"]


#: What a matplotlibrc, a style or a notebook may set.
SURROUNDINGS = {
    "axes.facecolor": "black",
    "axes.formatter.use_locale": True,
    "axes.prop_cycle": matplotlib.cycler(color=["red"]),
    "axes.unicode_minus": False,
    "figure.dpi": 37,
    "figure.constrained_layout.w_pad": 0.4,
    "font.family": "serif",
    "hatch.linewidth": 5,
    "image.cmap": "gray",
    "legend.loc": "upper left",
    "lines.dashed_pattern": (1, 9),
    "path.simplify": False,
    "savefig.bbox": "tight",
    "savefig.facecolor": "green",
    "savefig.transparent": True,
    "svg.fonttype": "none",
    "text.usetex": True,
    "xtick.direction": "in",
}


@pytest.fixture
def surroundings():
    """A user's settings of Matplotlib, in a locale with commas in numbers where one is installed."""
    before = locale.setlocale(locale.LC_ALL)
    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "tr_TR.UTF-8"):
        try:
            locale.setlocale(locale.LC_ALL, name)
        except locale.Error:
            continue
        break
    with matplotlib.rc_context(SURROUNDINGS):
        yield
    assert matplotlib.rcParams["text.usetex"] is False
    locale.setlocale(locale.LC_ALL, before)


def test_outputs_are_found():
    assert {"table1", "figure3"} <= set(registry.names("outputs"))
    with pytest.raises(InputError, match="no output 'table9': expected one of"):
        registry.load("outputs", "table9")


@pytest.mark.parametrize("name", registry.names("outputs"))
def test_contract(name, inputs, tmp_path, surroundings):
    """Documented, leaves its input alone, all files written, and same bytes.

    Same for the same rows in any order, and whatever Matplotlib is told outside.
    """
    given = [inputs[table] for table in registry.find("outputs", name).parameters]
    before = [table.copy() for table in given]
    assert registry.find("outputs", name).docstring
    written = write_output(name, given, tmp_path / "once")
    assert [path.name for path in written] == [
        name + suffix for suffix in SUFFIXES[registry.find("outputs", name).group]
    ]
    assert all(table.equals(copy) for table, copy in zip(given, before, strict=True))
    shuffled = [table.sample(frac=1, random_state=0) for table in given]
    with matplotlib.rc_context(matplotlib.rcParamsDefault):
        again = write_output(name, shuffled, tmp_path / "again")
    for first, second in zip(written, again, strict=True):
        assert first.stat().st_size > 200
        assert first.read_bytes() == second.read_bytes(), first.suffix


#: A config that lacks what these show is refused before its run.
REFUSED = {"figure4", "regimes", "table3"}


@pytest.mark.parametrize("name", [name for name in registry.names("outputs") if name not in REFUSED])
def test_a_run_of_itq_alone_has_every_output(name, inputs, tmp_path):
    def alone(table, rows):
        return rows[rows["method"] == "itq"] if "method" in rows and table != "reference" else rows

    given = [alone(table, inputs[table]) for table in registry.find("outputs", name).parameters]
    assert all(path.stat().st_size > 0 for path in write_output(name, given, tmp_path))


@pytest.mark.parametrize("name", TABLES)
def test_tables_leave_no_cell_empty(name, inputs):
    table = registry.load("outputs", name)(
        *(inputs[table] for table in registry.find("outputs", name).parameters)
    )
    assert isinstance(table, Table) and table.notes and len(table.data)
    for frame in table.frames:
        assert frame.heading and len(frame.cells)
        cells = frame.cells.to_numpy().ravel().tolist()
        assert all(isinstance(cell, str) and cell and "nan" not in cell.lower() for cell in cells)


def test_figures_carry_no_date_and_no_program_version(benchmark_scores, semantics_notes, reference, tmp_path):
    png, svg = write_output("figure3", [benchmark_scores, semantics_notes, reference], tmp_path)
    text = svg.read_text(encoding="utf-8")
    assert "<dc:date>" not in text and "Matplotlib v" not in text
    assert b"Software" not in png.read_bytes() and png.read_bytes().startswith(b"\x89PNG")


def test_markdown_and_csv(tmp_path):
    frame = pd.DataFrame({"Class": ["a|b"], "8 bits": ["0.100"]})
    table = Table(
        "Title", ("One.", "Two."), (Frame("Heading\nText.", frame),), pd.DataFrame({"x": [0.1 + 0.2, None]})
    )
    assert markdown(numbered(table)).splitlines() == [
        "# Title",
        "",
        "## Heading",
        "",
        "Text.",
        "",
        "| Class   | 8 bits   |",
        "|:--------|:---------|",
        "| a\\|b    | 0.100    |",
        "",
        "## Notes",
        "",
        "- One.",
        "- Two.",
    ]
    _, csv, _ = write_table(table, tmp_path / "t")
    assert csv.read_text() == 'x\n0.300000\n""\n'


@pytest.mark.parametrize("name", TABLES)
def test_a_printed_table_reads_back(name, inputs, tmp_path):
    written = registry.load("outputs", name)(
        *(inputs[table] for table in registry.find("outputs", name).parameters)
    )
    write_table(written, tmp_path / name)
    (tmp_path / f"{name}.md").unlink()
    table = read_table(tmp_path / name)
    printed = numbered(written)
    assert (table.title, table.footnotes, table.notes) == (printed.title, printed.footnotes, printed.notes)
    assert list(json.loads((tmp_path / f"{name}.json").read_text())) == [
        "title",
        "frames",
        "footnotes",
        "notes",
    ]
    for frame, before in zip(table.frames, printed.frames, strict=True):
        for part in ("caption", "block", "stand_ins", "marks", "row_marks"):
            assert getattr(frame, part) == getattr(before, part), part
        pd.testing.assert_frame_equal(frame.cells, before.cells.reset_index(drop=True), check_dtype=False)


@pytest.mark.parametrize("name", TABLES)
def test_a_frame_is_of_the_block_that_its_heading_names(name, inputs):
    table = registry.load("outputs", name)(
        *(inputs[table] for table in registry.find("outputs", name).parameters)
    )
    assert any(frame.block for frame in table.frames)
    for frame in table.frames:
        assert (" · " in frame.heading) == (frame.block is not None), frame.heading
        assert frame.block is None or block_label(*frame.block) in frame.heading
        assert set(frame.stand_ins) <= set(frame.cells)


def test_a_file_that_is_no_printed_table_is_one_error(tmp_path):
    with pytest.raises(InputError, match=r"there is no file .*t\.json: make it again"):
        read_table(tmp_path / "t")
    whole = {"title": "T", "frames": [], "footnotes": [], "notes": []}
    frame = {"caption": "F", "block": None, "stand_ins": [], "columns": ["a"], "rows": [["1"]]}
    frame |= {"marks": [], "row_marks": []}
    for content in (
        {"title": "T"},
        whole | {"notes": None},
        whole | {"frames": [{}]},
        whole | {"frames": [frame | {"rows": [["1", "2"]]}]},
        whole | {"frames": [frame | {"block": {"dataset": "digits"}}]},
    ):
        write_json(tmp_path / "t.json", content)
        with pytest.raises(InputError, match=r"t\.json is no printed table .*remove the file and run again"):
            read_table(tmp_path / "t")
    write_json(tmp_path / "t.json", whole | {"frames": [frame]})
    assert read_table(tmp_path / "t").frames[0].cells.to_dict("list") == {"a": ["1"]}


def test_a_column_says_that_its_dataset_stands_in_for_another(make_scores, reference, notes):
    cell = {"method": "mgah", "bits": 8}
    scores = make_scores(
        cell | {"dataset": "cifar10"},
        cell | {"dataset": "awa2_mini", "semantics": "attributes"},
        cell | {"dataset": "awa2_mini", "semantics": "word2vec"},
    )
    overview = registry.load("outputs", "table1")(scores, reference, notes.iloc[:0]).frames[0]
    assert overview.block is None
    assert overview.stand_ins == ("awa2-mini · attributes, 8 bits", "awa2-mini · word2vec, 8 bits")


def test_words_of_an_output_are_its_docstring():
    assert registry.find("outputs", "figure3").docstring.startswith("Figure 3: P@H<=2 against code length")


def test_command_line(benchmark_scores, tmp_path):
    halves = [benchmark_scores[benchmark_scores["dataset"] == name] for name in ("digits", "cifar10")]
    for i, half in enumerate(halves):
        write_scores(tmp_path / f"{i}.csv", half.assign(notes=f'["{i}"]'), METHOD_COLUMNS)
    scores, notes = tmp_path / "scores.csv", tmp_path / "notes.csv"
    into = ("--output", scores, "--notes", notes)
    _call(collect, "scores", *into, tmp_path / "0.csv", tmp_path / "1.csv")
    common = (
        "--scores",
        scores,
        "--notes",
        notes,
        "--reference",
        REFERENCE,
        "--output-dir",
        tmp_path / "out",
    )
    _call(report, "render", "table1", *common)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "table1.csv",
        "table1.json",
        "table1.md",
    ]
    into = ("--output", tmp_path / "no.csv", "--notes", tmp_path / "no_notes.csv")
    with pytest.raises(InputError, match=r"chance_mAP stands in 2 files .*, expected in one"):
        _call(collect, "scores", *into, tmp_path / "0.csv", tmp_path / "0.csv")
    assert sorted(path.name for path in tmp_path.glob("no*")) == ["notes.csv"]
    into = ("--output", tmp_path / "none.csv", "--notes", tmp_path / "none_notes.csv")
    _call(collect, "scores", *into)
    assert INPUTS["ablations"].read(tmp_path / "none.csv").empty and INPUTS["notes"].read(into[-1]).empty
    with pytest.raises(InputError, match=r"none\.csv .*it has no rows"):
        INPUTS["scores"].read(tmp_path / "none.csv")


def test_sweeps_are_collected_from_the_command_line(make_sweeps, tmp_path):
    rows = [{"parameter": "alpha", "setting": value, "value": value} for value in (0.5, 0, 1)]
    for i, row in enumerate(rows):
        write_sweeps(tmp_path / f"{i}.csv", make_sweeps(row))
    for name, order in (("a.csv", (0, 1, 2)), ("b.csv", (2, 0, 1))):
        files = [tmp_path / f"{i}.csv" for i in order]
        _call(collect, "sweeps", "--output", tmp_path / name, *files)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert read_sweeps(tmp_path / "a.csv")["setting"].tolist() == ["0", "0.5", "1"]
    _call(collect, "sweeps", "--output", tmp_path / "none.csv")
    assert read_sweeps(tmp_path / "none.csv").empty
    with pytest.raises(InputError, match=r"^scores .* twice, expected once"):
        _call(collect, "sweeps", "--output", tmp_path / "no.csv", tmp_path / "0.csv", tmp_path / "0.csv")
    assert not (tmp_path / "no.csv").exists()


@pytest.mark.parametrize("change", [{"setting": "high"}, {"default": "x"}])
def test_settings_that_are_no_numbers_are_refused(make_sweeps, tmp_path, change):
    sweeps = make_sweeps({"parameter": "alpha", "setting": 1}).assign(**change)
    sweeps.to_csv(tmp_path / "bad.csv", index=False)
    with pytest.raises(
        InputError, match=r"bad\.csv .*, it holds the (setting|default) .*, expected a number"
    ):
        read_sweeps(tmp_path / "bad.csv")


def test_an_output_gets_the_tables_that_it_reads(tmp_path):
    assert registry.find("outputs", "table1").parameters == ("scores", "reference", "notes")
    assert registry.find("outputs", "figure3").parameters == ("scores", "semantics_notes", "reference")
    assert registry.find("outputs", "hyperparameters").parameters == ("selections",)
    assert "selections" in registry.find("outputs", "choices").parameters
    assert registry.find("outputs", "figure5").parameters == ("sweeps", "semantics_notes", "reference")
    with pytest.raises(
        InputError,
        match=r"'figure3' reads scores, .*, reference: give --scores and --semantics_notes as well",
    ):
        read_inputs("figure3", {"reference": REFERENCE, "scores": None})


def test_every_table_that_an_output_reads_is_listed_with_its_reader_and_read_by_one():
    read = {
        table for name in registry.names("outputs") for table in registry.find("outputs", name).parameters
    }
    assert read == set(INPUTS)
    for table in INPUTS.values():
        assert callable(pkgutil.resolve_name(table.reader))
        assert (ROOT / table.code).samefile(sys.modules[table.reader.partition(":")[0]].__file__)


def test_every_table_of_a_run_has_a_file_of_its_own():
    files = {name: table.file for name, table in INPUTS.items()}
    assert {name for name, file in files.items() if file is None} == {"reference"}
    assert len(set(files.values())) == len(files)


def test_the_list_of_tables_is_light_to_import():
    code = (
        "import sys, mgah.report.inputs; print(sorted({'pandas', 'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_table_needs_no_matplotlib():
    code = "import sys, mgah.report.__main__, mgah.report.outputs.tables.table1; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def _call(stage: ModuleType, *arguments: object) -> None:
    """Run a stage of the report as its command does."""
    stage.main(list(map(str, arguments)))
