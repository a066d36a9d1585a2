"""Scores of variants, and that nothing unseen has a say in them."""

from dataclasses import replace

import numpy as np
import pytest

from mgah import registry, seeds
from mgah.baselines.itq import ITQ
from mgah.errors import DivergedError, InputError
from mgah.metrics.ranking import mean_average_precision
from mgah.semantics.store import ClassSemantics
from mgah.training.pseudo_unseen import draw_tasks
from mgah.training.rule import best_variant
from mgah.training.trials import try_variants
from mgah.training.variants import Variant

SETTINGS = [{"n_anchors": 60}, {"n_anchors": 10, "graph": "targets"}]


@pytest.fixture
def scores(make_job):
    def tried(zoo):
        tasks = draw_tasks(zoo.split, zoo.images, draws=2, count=1, seed=0)
        variants = [Variant(str(place), parameters) for place, parameters in enumerate(SETTINGS)]
        return try_variants(make_job(zoo, "tsk", bits=(8,)), variants, tasks)

    return tried


def test_a_score_is_the_map_of_held_out_classes_under_a_fit_on_the_kept_ones(scores, zoo):
    found = scores(zoo)
    assert found.shape == (2, 2)
    task = draw_tasks(zoo.split, zoo.images, draws=2, count=1, seed=0)[1]
    classes = zoo.images["class_name"].to_numpy()
    seed = seeds.integer(0, "selection", *task.held_out)
    method = registry.build("methods", "tsk", **{**SETTINGS[0], "n_bits": 8, "random_state": seed})
    method.fit(zoo.features[task.training], task.labels, zoo.semantics.subset(task.kept))
    ranks = np.unique(classes, return_inverse=True)[1]
    expected = mean_average_precision(
        method.encode(zoo.features[task.queries]),
        ranks[task.queries],
        method.encode(zoo.features[task.database]),
        ranks[task.database],
    )
    assert found[0, 1] == expected


def test_unseen_features_and_semantics_have_no_say(scores, zoo):
    split = zoo.split
    features = zoo.features.copy()
    outside = np.setdiff1d(np.arange(len(features)), split.training)
    features[outside] = 1e3
    vectors = zoo.semantics.vectors.copy()
    vectors[[name in split.unseen for name in zoo.semantics.names]] = 7.0
    changed = ClassSemantics.from_vectors(zoo.semantics.names, vectors)
    np.testing.assert_array_equal(scores(replace(zoo, features=features, semantics=changed)), scores(zoo))


DIVERGING = {"lr": 1e30, "lr_end": 1e30}
SHORT = {"epochs": 2, "trunk": 8, "device": "cpu"}


def tried(job, *settings):
    variants = [Variant(str(place), parameters) for place, parameters in enumerate(settings)]
    return try_variants(job, variants, draw_tasks(job.inputs.split, job.inputs.images, 2, 1, 0))


def test_a_variant_that_diverges_loses_unless_all_do(make_job, zoo):
    job = make_job(zoo, "dhn", parameters=SHORT)
    scores = tried(job, DIVERGING, {}, {"lr": 1e-3})
    assert not scores[0].any() and scores[1:].all() and best_variant(scores) in (1, 2)
    np.testing.assert_array_equal(scores[1:], tried(job, {}, {"lr": 1e-3}))
    with pytest.raises(DivergedError, match="training diverged"):
        tried(job, DIVERGING, DIVERGING)


def test_no_variant_is_fitted_where_the_last_is_not_valid(make_job, zoo, monkeypatch):
    monkeypatch.setattr(ITQ, "_fit_many", lambda *arguments: pytest.fail("it is fitted"))
    with pytest.raises(InputError, match="ITQ: iterations is -5"):
        tried(make_job(zoo), {"iterations": 1}, {"iterations": -5})
