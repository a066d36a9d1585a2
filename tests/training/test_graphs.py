"""Graphs of a training batch: a watched training is the same training, the graphs are those of the equations."""

import numpy as np
import pytest

from mgah import seeds
from mgah.errors import InputError
from mgah.methods.mgah import MGAH
from mgah.semantics.store import ClassSemantics
from mgah.tables.graphs import graph_table, matrix, read_graphs, write_graphs
from mgah.training.graphs import _drawn, sampled_graphs, watched

SMALL = {"trunk": 24, "latent": 8, "epochs": 3, "batch_size": 32, "lr": 3e-3, "lr_end": 3e-5, "device": "cpu"}
CELL = {"dataset": "d", "backbone": "b", "semantics": "s", "split": "t", "method": "m", "label": "M, new"}
CELL |= {"seed": 0, "bits": 12, "notes": [], "trained": "end to end"}


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(0)
    labels = np.arange(200) % 4
    features = random.standard_normal((4, 16))[labels] + 0.7 * random.standard_normal((200, 16))
    semantics = ClassSemantics.from_vectors(["a", "b", "c", "d"], random.standard_normal((4, 6)))
    return features.astype(np.float32), labels, semantics


@pytest.fixture(scope="module")
def lengths(data):
    """Three code lengths trained together, watched."""
    methods = watched([MGAH(n_bits=bits, **SMALL) for bits in (5, 12, 8)])
    type(methods[0]).fit_many(methods, *data)
    return methods


def test_watching_changes_no_weight_and_no_code(data, lengths):
    plain = [MGAH(n_bits=bits, **SMALL) for bits in (5, 12, 8)]
    MGAH.fit_many(plain, *data)
    for method, other in zip(lengths, plain, strict=True):
        for name in ("hash_weight_", "hash_bias_", "trunk_weight_", "trunk_bias_", "loss_"):
            np.testing.assert_array_equal(getattr(method, name), getattr(other, name))
        np.testing.assert_array_equal(method.encode(data[0]), other.encode(data[0]))


def test_watching_changes_nothing_where_a_network_trains_along(tiny_network):
    random = np.random.default_rng(0)
    maps, labels = np.abs(random.standard_normal((40, 36))).astype(np.float16), np.arange(40) % 3
    data = maps, labels, ClassSemantics.from_vectors(["a", "b", "c"], random.standard_normal((3, 5)))
    tail = SMALL | {"batch_size": 16, "trainable": "tail", "network": tiny_network}
    methods = watched([MGAH(n_bits=bits, **tail) for bits in (4, 6)])
    type(methods[0]).fit_many(methods, *data)
    other = MGAH(n_bits=6, **tail).fit(*data)
    np.testing.assert_array_equal(methods[1].hash_weight_, other.hash_weight_)
    graphs, _ = sampled_graphs(methods[1], np.random.default_rng(0), 9)
    assert all(graph.shape == (9, 9) and np.isfinite(graph).all() for graph in graphs.values())


def test_graphs_are_those_of_the_equations(data, lengths):
    features, _, semantics = data
    method = lengths[1]
    graphs, shown = sampled_graphs(method, np.random.default_rng(0), 10)
    assert len(shown) == 10 and (np.diff(shown) >= 0).all()
    drawn = _drawn(method.watch.labels.numpy(), np.random.default_rng(0), 10)
    rows = method.watch.features.numpy()[drawn]
    assert all((features == row).all(axis=1).any() for row in rows), "images of the training set"
    weight, bias, attention = (
        getattr(method.watch.graph, name).detach().numpy()[1]
        for name in ("latent_weight", "latent_bias", "attention")
    )
    h = rows @ weight.T + bias
    for i in range(10):
        for j in range(10):
            fixed = max(semantics.similarity[shown[i], shown[j]], 0)
            pair = np.concatenate([h[i], h[j]]) @ attention.ravel()
            attended = 1 / (1 + np.exp(-max(pair, 0))) if shown[i] == shown[j] else 0
            assert graphs["fixed"][i, j] == pytest.approx(fixed, abs=1e-6)
            assert graphs["attention"][i, j] == pytest.approx(attended, abs=1e-5)
            assert graphs["joint"][i, j] == pytest.approx(0.3 * fixed + 0.7 * attended, abs=1e-5)


def test_whole_classes_are_drawn_and_single_images_last():
    labels = np.array([3, 1, 0, 3, 2, 1, 3])
    for seed in range(8):
        drawn = _drawn(labels, np.random.default_rng(seed), 5)
        assert labels[drawn].tolist() == [1, 1, 3, 3, 3]
        assert sorted(labels[_drawn(labels, np.random.default_rng(seed), 99)]) == sorted(labels)
    assert len({tuple(_drawn(labels, np.random.default_rng(seed), 6)) for seed in range(8)}) == 2


def test_the_last_full_batch_is_kept(lengths):
    assert lengths[0].watch.labels.shape == (32,), "200 images end with a batch of 8"


def test_a_table_holds_the_matrices(tmp_path):
    random = np.random.default_rng(0)
    graphs = {name: random.random((3, 3)) for name in ("fixed", "attention", "joint")}
    write_graphs(tmp_path / "graphs.csv", graph_table(CELL, graphs, ["a", "a", "b,c"]))
    table = read_graphs(tmp_path / "graphs.csv")
    for name, graph in graphs.items():
        np.testing.assert_allclose(matrix(table, name), graph, atol=5e-7)
    row = table[(table["matrix"] == "joint") & (table["row"] == 1) & (table["column"] == 2)].iloc[0]
    assert (row["row_class"], row["column_class"], row["label"]) == ("a", "b,c", "M, new")
    assert set(table["trained"]) == {"end to end"}
    table.iloc[:-1].to_csv(tmp_path / "short.csv", index=False)
    with pytest.raises(InputError, match="has 26 values, expected one for each pair of 3 images"):
        read_graphs(tmp_path / "short.csv")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"graphs .*other\.csv cannot be used, it has the columns"):
        read_graphs(tmp_path / "other.csv")


def test_the_command_writes_the_graphs_of_one_code_length(call, inputs, make_job, tmp_path):
    parameters = SMALL | {"epochs": 1}
    asked = ["--bits", 4, 8, "--shown", 8, "--output", tmp_path / "graphs.csv"]
    call("graphs", inputs, "mgah", parameters, *asked)
    table = read_graphs(tmp_path / "graphs.csv")
    job = make_job(inputs, "mgah", parameters=parameters)
    methods = watched(job.build())
    job.fit(methods)
    graphs, _ = sampled_graphs(methods[1], seeds.generator(0, "graphs", "toy", "cow"))
    for name, graph in graphs.items():
        np.testing.assert_allclose(matrix(table, name), graph, atol=5e-7)
    assert set(table["bits"]) == {8} and set(table["row_class"]) <= set(inputs.split.seen)


@pytest.mark.parametrize(
    ("method", "shown", "words"),
    [
        ("itq", 4, "--method is itq, expected mgah"),
        ("mgah", 5, r"--shown is 5, expected one of --bits, \[4, 8\]"),
    ],
)
def test_graphs_that_are_not_there_are_refused(call, inputs, tmp_path, method, shown, words):
    asked = ["--bits", 4, 8, "--shown", shown, "--output", tmp_path / "graphs.csv"]
    with pytest.raises(InputError, match=words):
        call("graphs", inputs, method, {}, *asked)
    assert not (tmp_path / "graphs.csv").exists()
