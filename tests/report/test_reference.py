"""The published numbers, checked against the printed tables."""

import pytest

from mgah.errors import InputError
from mgah.report.paper.published import KEY, published, read_reference, stand_ins, table_backbone

TABLE1_LAST_COLUMN = {
    "itq": 0.2648,
    "imh": 0.2597,
    "ksh": 0.2761,
    "sdh": 0.2936,
    "dhn": 0.2037,
    "dnnh": 0.2964,
    "tsk": 0.3096,
    "sitnet": 0.3546,
    "mgah": 0.3697,
}


def _value(reference, **where):
    for column, wanted in where.items():
        reference = reference[reference[column] == wanted]
    assert len(reference) == 1
    return reference["value"].iloc[0]


def test_counts(reference):
    assert reference["table"].value_counts().to_dict() == {"table1": 108, "table2": 48, "table3": 44}
    assert set(reference["bits"]) == {8, 16, 32, 48}
    assert set(reference["dataset"]) == {"awa2", "cifar10", "imagenet"}
    backbones = reference.groupby("table")["backbone"].unique().map(list).to_dict()
    assert backbones == {"table1": ["alexnet"], "table2": ["googlenet"], "table3": ["alexnet"]}


def test_table1_spots(reference):
    for method, value in TABLE1_LAST_COLUMN.items():
        assert _value(reference, table="table1", dataset="imagenet", method=method, bits=48) == value
    assert _value(reference, table="table1", dataset="awa2", method="dhn", bits=8) == 0.0317
    assert _value(reference, table="table1", dataset="cifar10", method="mgah", bits=32) == 0.3087


def test_table2_spots(reference):
    where = {"table": "table2", "dataset": "cifar10", "bits": 48}
    assert _value(reference, **where, metric="mAP", method="mgah") == 0.4128
    assert _value(reference, **where, metric="P@H<=2", method="mgah") == 0.5404
    assert _value(reference, **where, metric="P@H<=2", method="doph") == 0.3609


def test_table3_agrees_with_the_text_and_with_table1(reference):
    """MGAH-1 is softmax, so beta = 1; the text gives EM-Softmax 3.34 points over it on average."""
    table = reference[reference["table"] == "table3"].pivot(index="method", columns="bits", values="value")
    assert table.loc["mgah_1"].tolist() == table.loc["mgah_beta1"].tolist()
    assert (table.loc["mgah"] - table.loc["mgah_1"]).mean() == pytest.approx(0.0334, abs=6e-5)
    assert table.loc["mgah_5", 32] == 0.1882 and table.loc["mgah_beta4", 48] == 0.2150
    first = published(reference, "table1", "mAP", ["alexnet"]).query("dataset == 'awa2' and method == 'mgah'")
    assert first["published"].tolist() == table.loc["mgah"].tolist()


def test_a_backbone_of_the_paper_has_its_own_numbers_and_a_stand_in_the_tables(reference):
    paper = published(reference, "table1", "mAP", ["lite0", "googlenet", "alexnet", "lite0"])
    paper = paper[paper["dataset"].isin(reference["dataset"])]
    assert paper["backbone"].value_counts().to_dict() == {"alexnet": 108, "lite0": 108}
    same = [paper[paper["backbone"] == word].drop(columns="backbone") for word in ("alexnet", "lite0")]
    assert same[0].reset_index(drop=True).equals(same[1].reset_index(drop=True))
    second = published(reference, "table2", "mAP", ["googlenet", "alexnet"])
    assert set(second["backbone"]) == {"googlenet"}
    assert second["dataset"].value_counts()[["awa2", "cifar10", "imagenet"]].tolist() == [8, 8, 8]
    assert published(reference, "table1", "mAP", ["googlenet"]).empty


def test_stand_in_datasets_have_the_numbers_of_the_papers_dataset(reference):
    assert stand_ins(reference) == {
        "awa2_mini": "awa2",
        "awa2_features": "awa2",
        "imagenet_mini": "imagenet",
    }
    paper = published(reference, "table1", "mAP", ["lite0"])
    for word, dataset in (("awa2_mini", "awa2"), ("imagenet_mini", "imagenet")):
        values = [paper.loc[paper["dataset"] == name, "published"].tolist() for name in (word, dataset)]
        assert len(values[0]) == 36 and values[0] == values[1]
    assert table_backbone(reference, "table2") == "googlenet"


def test_bad_references_are_refused(tmp_path, reference):
    path = tmp_path / "reference.csv"
    for bad, message in (
        (reference.drop(columns="bits"), "it has the columns"),
        (reference.assign(value=40.0), "divided by 100"),
        (reference.iloc[[0, 0]], "twice"),
        (
            reference.assign(stand_ins=["other", *reference["stand_ins"][1:]]),
            "gives awa2 the stand-ins .*the same in all its rows",
        ),
        (reference.assign(stand_ins="mini"), r"has the stand-ins \['mini'\] for several datasets"),
        (
            reference.assign(stand_ins=reference["stand_ins"].replace("imagenet_mini", "awa2")),
            r"has the stand-ins \['awa2'\]",
        ),
        (
            reference.assign(table="table1").drop_duplicates(list(KEY)),
            "backbones alexnet, googlenet, expected one",
        ),
    ):
        bad.to_csv(path, index=False)
        with pytest.raises(InputError, match=message):
            read_reference(path)


def test_a_published_table_that_is_not_there_is_one_error(reference):
    with pytest.raises(
        InputError, match="have the tables table1, table3, expected some rows of table2 as well"
    ):
        table_backbone(reference[reference["table"] != "table2"], "table2")
