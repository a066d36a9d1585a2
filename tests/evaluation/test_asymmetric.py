"""Asymmetric measures of a cell: outputs come from the stored model, and it is the one that made the codes."""

from dataclasses import replace

import numpy as np
import pytest

from mgah.baselines.itq import ITQ
from mgah.errors import InputError
from mgah.evaluation import asymmetric
from mgah.methods.codes import read_codes, write_codes
from mgah.methods.models import load_model
from mgah.metrics import mean_average_precision
from mgah.tables.measures import read_measures
from mgah.training.fit import write_fit
from mgah.training.job import Job
from tests.training.conftest import CLASSES, made_inputs, written


@pytest.fixture(scope="module")
def inputs():
    return made_inputs("toy", CLASSES, "cow", 150, 0.8, 60)


@pytest.fixture(scope="module")
def folder(inputs, tmp_path_factory):
    """Codes and models of ITQ and of two other methods, and the features that they encode."""
    made = tmp_path_factory.mktemp("run")
    written(inputs, made)
    short = {"epochs": 1, "trunk": 4}
    for method, parameters in {"itq": {}, "random_codes": {}, "dhn": short}.items():
        job = Job(inputs, method, parameters, (4, 8), 0, method)
        write_fit(job, made / "codes" / method, made / "models" / method)
    return made


def call(folder, method, *options, lengths=(8, 4)):
    out = folder / f"{method}.csv"
    arguments = ["--output", out, "--store", folder / "features", *options]
    arguments += ["--codes", *(folder / "codes" / method / f"{bits}.npz" for bits in lengths)]
    arguments += ["--models", *(folder / "models" / method / f"{bits}.safetensors" for bits in lengths)]
    asymmetric.main([str(argument) for argument in arguments])
    return read_measures(out)


def ranked(outputs, codes, k=None):
    """mAP by the sorted distances between sigmoids and bits, which are all different between different codes."""
    bits = np.unpackbits(codes.database_codes, axis=1, count=codes.n_bits)
    found = []
    for output, label in zip(outputs, codes.query_labels, strict=True):
        distance = np.abs(1 / (1 + np.exp(-output.astype(float))) - bits).sum(axis=1)
        # items of one code count as in all orders: as Hamming distances they are the ranks of these distances
        ranks = np.unique(distance.round(9), return_inverse=True)[1]
        ladder = np.arange(ranks.max())[None] < ranks[:, None]
        found.append(
            mean_average_precision(
                np.zeros((1, ladder.shape[1]), bool), [label], ladder, codes.database_labels, k=k
            )
        )
    return np.mean(found)


@pytest.mark.parametrize("method", ["itq", "dhn"])
def test_measures_are_those_of_the_stored_models_outputs(method, folder, inputs):
    table = call(folder, method, "--ranks", "30", "--device", "cpu")
    values = table.set_index(["bits", "metric"])["value"]
    assert set(table["class"]) == {""} and set(table["method"]) == {method}
    for bits in (4, 8):
        codes = read_codes(folder / "codes" / method / f"{bits}.npz")
        model = load_model(folder / "models" / method / f"{bits}.safetensors")
        outputs = model.outputs(inputs.features[codes.query_ids])
        assert values[bits, "asymmetric_mAP"] == pytest.approx(ranked(outputs, codes), abs=1e-12)
        assert values[bits, "asymmetric_mAP@30"] == pytest.approx(ranked(outputs, codes, 30), abs=1e-12)


def test_a_method_without_real_outputs_has_an_empty_table(folder):
    assert call(folder, "random_codes").empty


def test_ranks_need_not_be_asked_for(folder):
    assert set(call(folder, "itq", "--ranks")["metric"]) == {"asymmetric_mAP"}


def test_another_model_and_other_rows_are_refused(folder, inputs):
    codes = read_codes(folder / "codes/itq/8.npz")
    other = ITQ(n_bits=8, random_state=5).fit(inputs.features)
    with pytest.raises(
        InputError, match=r"makes \d+\.\d% of the queries' bits differently, expected the model"
    ):
        asymmetric.outputs_of_queries(other, codes, inputs.features)
    with pytest.raises(InputError, match="the model has 9 bits and the codes 8"):
        asymmetric.outputs_of_queries(ITQ(n_bits=9).fit(inputs.features), codes, inputs.features)
    with pytest.raises(InputError, match=r"the queries have ids up to .*, and the store 10 images"):
        asymmetric.outputs_of_queries(other, codes, inputs.features[:10])


def test_an_error_names_the_files(folder, tmp_path):
    codes = read_codes(folder / "codes/itq/4.npz")
    (tmp_path / "codes/itq").mkdir(parents=True)
    write_codes(tmp_path / "codes/itq/4.npz", replace(codes, query_codes=~codes.query_codes & 0xF0))
    for name in ("models", "features"):
        (tmp_path / name).symlink_to(folder / name)
    with pytest.raises(
        InputError, match=r"model .*4\.safetensors, codes file .*4\.npz: the model makes 100\.0%"
    ):
        call(tmp_path, "itq", lengths=(4,))


def test_as_many_models_as_codes_files_are_needed(capsys):
    with pytest.raises(SystemExit):
        asymmetric.main(["--output", "a", "--store", "b", "--codes", "c", "d", "--models", "e"])
    assert "--codes has 2 files and --models 1, expected as many" in capsys.readouterr().err
