"""Tasks lie inside the training images of their split, and are the same for every method."""

from dataclasses import replace

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.training.held_out import default_count
from mgah.training.pseudo_unseen import draw_tasks


def test_tasks_use_training_images_alone_and_hold_their_classes_out(zoo):
    split, classes = zoo.split, zoo.images["class_name"].to_numpy()
    for task in draw_tasks(split, zoo.images, draws=3, count=1, seed=0):
        assert set(task.held_out) | set(task.kept) == set(split.seen)
        assert set(classes[task.training]) == set(task.kept)
        assert [task.kept[label] for label in task.labels] == list(classes[task.training])
        assert set(classes[task.queries]) == set(task.held_out)
        assert [split.seen[place] for place in task.query_classes] == list(classes[task.queries])
        assert [split.seen[place] for place in task.database_classes] == list(classes[task.database])
        assert sorted([*task.queries, *task.database]) == list(split.training)
        assert len(task.queries) == int(0.1 * np.isin(classes[split.training], task.held_out).sum())


def test_no_class_is_held_out_twice_and_draws_depend_on_split_and_seed_alone(zoo):
    def held_out(**changes):
        arguments = {"draws": 5, "count": 1, "seed": 0} | changes
        return [task.held_out for task in draw_tasks(zoo.split, zoo.images, **arguments)]

    assert len(set(held_out())) == 5
    assert held_out() == held_out()
    assert held_out(draws=2) == held_out()[:2]
    assert held_out() != held_out(seed=1)


def test_a_tenth_of_the_seen_classes_is_held_out_by_default(zoo):
    assert [default_count(n) for n in (4, 9, 40, 90)] == [1, 1, 4, 9]
    (task,) = draw_tasks(zoo.split, zoo.images, draws=1, count=None, seed=0)
    assert len(task.held_out) == 1


def test_no_task_trains_on_copies_of_held_out_images_or_asks_for_one_that_it_holds(zoo):
    split, names = zoo.split, zoo.images["class_name"].to_numpy()
    whole = draw_tasks(zoo.split, zoo.images, draws=5, count=1, seed=0)
    of_class = {name: split.training[names[split.training] == name] for name in split.seen}
    content = zoo.images["content"].to_numpy(dtype=object).copy()
    first, second, *_ = split.seen
    content[of_class[first][:9]] = content[of_class[second][:9]]
    images = zoo.images.assign(content=content)
    tasks = draw_tasks(replace(split, duplicates=18), images, draws=5, count=1, seed=0)
    assert {name for task in tasks for name in task.held_out} == set(split.seen)
    for task, plain in zip(tasks, whole, strict=True):
        assert task.held_out == plain.held_out
        held_out = split.training[np.isin(names[split.training], task.held_out)]
        assert not set(content[task.training]) & set(content[held_out])
        assert not set(content[task.queries]) & set(content[task.database])
        assert [task.kept[label] for label in task.labels] == list(names[task.training])
        if not {first, second} & set(task.held_out):
            np.testing.assert_array_equal(task.training, plain.training)
            np.testing.assert_array_equal(task.queries, plain.queries)
        else:
            assert len(task.training) == len(plain.training) - 9


def test_a_held_out_class_needs_a_query_and_an_image_to_find(zoo):
    classes = zoo.images["class_name"].to_numpy()[zoo.split.training]
    (rare,) = draw_tasks(zoo.split, zoo.images, draws=1, count=1, seed=0)[0].held_out
    kept = np.flatnonzero((classes != rare) | (np.cumsum(classes == rare) <= 1))
    split = replace(zoo.split, training=zoo.split.training[kept])
    with pytest.raises(InputError, match=f"has 1 training images of {rare}, .*expected two or more"):
        draw_tasks(split, zoo.images, draws=1, count=1, seed=0)


@pytest.mark.parametrize(("draws", "count"), [(6, 1), (1, 4), (3, 2)])
def test_too_few_classes_are_one_clear_error(zoo, draws, count):
    with pytest.raises(
        InputError, match=f"5 seen classes, too few to hold out {count} in each of {draws} draws"
    ):
        draw_tasks(zoo.split, zoo.images, draws, count, seed=0)
