"""Every number that a run found, in the prose of README.md and of pages of docs, is the one in the file of that run."""

import functools
import re
from pathlib import Path

import pandas as pd
import pytest

from mgah.errors import InputError
from mgah.metrics.statistics import holm, sign_flip_p, student_half_width
from mgah.report.readme import generated, main, prose
from mgah.tables.scores import read_scores

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
#: Page, and where on it begins and ends what runs found.
FOUND = (
    ("README.md", "## Does the paper hold?", "## License"),
    ("docs/findings.md", "# What the published runs found", ""),
    ("docs/speed.md", "## Whole runs", ""),
    ("docs/class-semantics.md", "## What the source changes", ""),
    ("docs/field.md", "## What the run found", "## The asymmetric distance"),
)
NUMBERS = pd.read_csv(ROOT / "tests/readme_numbers.csv", keep_default_na=False)
#: Differences between methods on CIFAR-10 at 32 bits that no table has, as they are of two runs or of two leads.
DIFFERENCES = pd.read_csv(ROOT / "tests/readme_differences.csv", keep_default_na=False)


def said(page: str, begin: str, end: str) -> str:
    """The prose of a part of a page, on one line."""
    text = (ROOT / page).read_text(encoding="utf-8")
    start = text.index(begin)
    return " ".join(prose(text[start : text.index(end, start) if end else None]).split())


def words_of(row: pd.Series) -> str:
    """The words of a row of the table of numbers, with the value of the cells that it names, or quoted from one."""
    cells = pd.read_csv(ROOT / "results/published" / row["file"], keep_default_na=False).query(row["rows"])
    assert len(cells), row["rows"]
    if row["how"] == "quote":
        assert cells[row["column"]].str.contains(row["words"], regex=False).all(), row["words"]
        return row["words"]
    return row["words"].format(number(row, pd.to_numeric(cells[row["column"]])))


def number(row: pd.Series, values: pd.Series) -> float:
    found = values.abs().max() if row["how"] == "abs" else values.agg(row["how"])
    return float(found) / row["divisor"]


def difference(row: pd.Series) -> str:
    """The words of a row of the table of differences: mean, half of the 95 % interval, splits won, and p."""
    gain = gains(row["ours"], row["theirs"], row["metric"])
    if row["ours_less"]:
        gain = gain - gains(row["ours_less"], row["theirs_less"], row["metric"])
    found = {"mean": gain.mean(), "half": student_half_width(gain), "p": sign_flip_p(gain.to_numpy())}
    found = {name: float(value) for name, value in found.items()}
    return row["words"].format(**found, won=int((gain > 0).sum()), units=len(gain))


@pytest.mark.parametrize(
    ("page", "parts"),
    [
        ("README.md", 2),
        ("docs/findings.md", 2),
        ("docs/statistics.md", 2),
        ("docs/scale.md", 3),
        ("docs/config-keys.md", 1),
    ],
)
def test_the_generated_parts_are_as_the_command_writes_them(page, parts):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert generated(text, (ROOT / page).parent) == text, f"run python -m mgah.report.readme {page}"
    assert text.count("<!-- generated: ") == parts


@pytest.mark.parametrize("place", NUMBERS.index)
def test_a_number_in_the_prose_is_that_of_its_file(place):
    row = NUMBERS.loc[place]
    assert any(words_of(row) in said(*part) for part in FOUND), words_of(row)


#: Numbers with a point that no run found.
OTHERS = ("version 0.1.0", "A fall above 0.4, as in the paper")


@pytest.mark.parametrize("part", FOUND, ids=lambda part: part[0])
def test_no_number_of_the_verdict_in_prose_is_without_a_file(part):
    text = said(*part)
    known = [*OTHERS, *(words_of(row) for _, row in NUMBERS.iterrows())]
    known += [difference(row) for _, row in DIFFERENCES.iterrows()]
    spans = [found.span() for words in known for found in re.finditer(re.escape(words), text)]
    left = [
        found[0]
        for found in re.finditer(r"\d+\.\d+", text)
        if not any(begin <= found.start() < end for begin, end in spans)
    ]
    assert not left, "give them a row in tests/readme_numbers.csv"


@functools.cache
def at_32_bits(file: str) -> pd.DataFrame:
    """Values of CIFAR-10's whole splits at 32 bits, of a published run."""
    path = ROOT / "results/published" / file
    # the scores of the run on a GPU stand as the stage of evaluation wrote them, a method a file
    rows = read_scores(path) if path.name == "scores.csv.xz" else pd.read_csv(path, keep_default_na=False)
    return rows[(rows["dataset"] == "cifar10") & (rows["bits"] == 32) & (rows["class"] == "")]


def values(source: str, metric: str) -> pd.Series:
    """Values by split and seed of a method, ``FILE:BACKBONE:METHOD``."""
    file, backbone, method = source.split(":")
    rows = at_32_bits(file)
    rows = rows[(rows["method"] == method) & (rows["metric"] == metric)]
    rows = rows[rows["backbone"] == backbone] if backbone else rows
    return rows.set_index(["split", "seed"])["value"]


def gains(ours: str, theirs: str, metric: str) -> pd.Series:
    """What a method is above the best of others on each split, on the seeds that all have."""
    sides = pd.concat([values(source, metric) for source in (ours, *theirs.split())], axis=1, join="inner")
    means = sides.groupby("split").mean()
    return means.iloc[:, 0] - means.iloc[:, 1:].max(axis=1)


@pytest.mark.parametrize("place", DIFFERENCES.index)
def test_a_difference_in_the_prose_is_that_of_the_scores(place):
    row = DIFFERENCES.loc[place]
    words = difference(row)
    pages = [said(*part) for part in FOUND]
    pages.append((ROOT / "results/published/end_to_end/README.md").read_text(encoding="utf-8"))
    assert any(words in page for page in pages), words


def test_in_p_at_h2_mgah_is_decidedly_above_all_baselines_but_dnnh():
    baselines = ["itq", "imh", "ksh", "sdh", "tsk", "dhn", "dnnh", "sitnet", "doph"]
    place = "regimes/scores.csv.xz:lite0_64"
    found = [gains(f"{place}:mgah", f"{place}:{name}", "P@H<=2") for name in baselines]
    assert all(gain.mean() > 0 for gain in found)
    p = holm([sign_flip_p(gain.to_numpy()) for gain in found])
    decided = [
        value <= 0.05 and gain.mean() > student_half_width(gain) for value, gain in zip(p, found, strict=True)
    ]
    assert [name for name, is_decided in zip(baselines, decided, strict=True) if not is_decided] == ["dnnh"]
    assert "decidedly so but for DNNH" in said(*FOUND[1])


CLAIMS = "# Claims\n\n- A note.\n\n## Does it hold?\n\nA stand-in.\n\n| Claim |\n|:--|\n| a |\n\n## More\n\n| b |\n"
TABLE1 = """dataset,backbone,semantics,method,label,bits,published,ours,splits,seeds,runs
cifar10,net,glove,mgah,MGAH,8,0.3,0.2125,2,1,2
cifar10,net,glove,mgah,MGAH,32,0.4,0.3,2,1,2
cifar10,net,glove,itq,ITQ,8,,0.1,2,1,2
cifar10,net,glove,itq,ITQ,32,,0.4,2,1,2
cifar10,net,glove,ksh,KSH,8,0.2,,,,
cifar10,net,glove,random_codes,Random codes,8,,0.9,2,1,2
digits,net,glove,itq,ITQ,8,,0.7,2,1,2
"""


@pytest.fixture
def page(tmp_path):
    (tmp_path / "run/tables").mkdir(parents=True)
    (tmp_path / "run/tables/claims.md").write_text(CLAIMS)
    (tmp_path / "run/tables/table1.csv").write_text(TABLE1)
    return tmp_path / "README.md"


def test_parts_are_written_anew_and_the_rest_is_left(page):
    page.write_text("Before <!-- end -->\n<!-- generated: claims run -->\nold\n<!-- end -->\nAfter\n")
    main([str(page)])
    text = page.read_text()
    assert text == (
        "Before <!-- end -->\n<!-- generated: claims run -->\n| Claim |\n|:--|\n| a |\n<!-- end -->\nAfter\n"
    )
    main([str(page)])
    assert page.read_text() == text and prose(text) == "Before <!-- end -->\n\nAfter\n"


def test_the_means_of_one_dataset(page):
    page.write_text("<!-- generated: table1 run cifar10 -->\n<!-- end -->")
    main([str(page)])
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.read_text().splitlines()[1:-1]]
    assert rows[0] == ["mAP, CIFAR-10 · net · glove", "8 bits", "32 bits", "paper, 32 bits"]
    assert rows[2:] == [["ITQ", "0.100", "**0.400**", "–"], ["MGAH", "**0.212**", "0.300", "0.400"]]


def test_means_on_fewer_splits_or_seeds_say_so_and_are_not_bold(page):
    table = page.parent / "run/tables/table1.csv"
    rows = (
        "itq,ITQ,8,,0.4,10,3,30",
        "ksh,KSH,8,,0.3,10,3,30",
        "tsk,TSK,8,,0.5,10,1,10",
        "doph,DOPH,8,,0.6,2,3,6",
    )
    head = TABLE1.partition("\n")[0]
    table.write_text("\n".join([head, *(f"cifar10,net,glove,{row}" for row in rows)]))
    page.write_text("<!-- generated: table1 run -->\n<!-- end -->")
    main([str(page)])
    cells = [line.split("|")[2].strip() for line in page.read_text().splitlines()[3:-1]]
    assert cells == ["**0.400**", "0.300", "0.500 (1 of 3 seeds)", "0.600 (2 of 10 splits)"]


def test_means_of_several_semantics_odd_names_and_pipes_are_rows_of_their_own(page):
    """A method of ones own is called NA, and labels have a pipe."""
    rows = (
        "lite,glove,itq,a|b,32,,0.1,2,1,2",
        "lite,words,itq,a|b,32,,0.2,2,1,2",
        "lite,glove,NA,None,32,,0.3,2,1,2",
    )
    head = TABLE1.partition("\n")[0]
    (page.parent / "run/tables/table1.csv").write_text("\n".join([head, *(f"cifar10,{row}" for row in rows)]))
    page.write_text("<!-- generated: table1 run -->\n<!-- end -->")
    main([str(page)])
    lines = [re.split(r"(?<!\\)\|", line)[1:-1] for line in page.read_text().splitlines()[1:-1]]
    assert [[cell.strip() for cell in line] for line in [lines[0], *lines[2:]]] == [
        ["mAP, CIFAR-10 · lite", "32 bits"],
        ["a\\|b · glove", "0.100"],
        ["a\\|b · words", "0.200"],
        ["None · glove", "**0.300**"],
    ]


def test_a_file_is_shown_as_it_is(page):
    page.write_text("<!-- generated: file run/tables claims.md -->\n<!-- end -->")
    main([str(page)])
    assert page.read_text() == f"<!-- generated: file run/tables claims.md -->\n{CLAIMS}<!-- end -->"


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (
            "table9 run",
            "there is no part 'table9' of the README, expected one of answer, claims, table1, file",
        ),
        ("claims elsewhere", "claims.md cannot be read"),
        ("table1 elsewhere", "table1.csv cannot be read as csv"),
        ("table1 run awa2", "has no mAP of awa2: name a dataset that was run"),
    ],
)
def test_a_part_that_cannot_be_made_is_one_error(page, part, words):
    page.write_text(f"<!-- generated: {part} -->\n<!-- end -->")
    with pytest.raises(InputError, match=re.escape(words)):
        main([str(page)])
