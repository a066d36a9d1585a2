"""``python -m mgah.training.choose``: choose a method's open hyper-parameters on one split, among its seen classes.

Some of the seen classes are held out and play unseen ones; each setting is fitted on the others and scored by the
mAP of the held-out ones among the training images. The output is described in ``mgah.training.choice``.
"""

import argparse
from pathlib import Path

from mgah.cli import json_array, run
from mgah.methods.discovery import method_class
from mgah.training.candidates import candidates
from mgah.training.choice import Choice, write_choice
from mgah.training.inputs import add_arguments, constructor_parameters, read_inputs
from mgah.training.pseudo_unseen import draw_tasks
from mgah.training.trials import best_setting, try_settings


def main() -> None:
    """Parse the command line, try the settings, and write the record of the choice."""
    given = _parse()
    images, card, features, features_card, split, semantics = read_inputs(given)
    parameters = constructor_parameters(given)
    settings = candidates(given.method, parameters, given.choose, given.trials)
    tasks = draw_tasks(split, images, given.draws, given.pseudo_unseen, given.seed)
    tried = [parameters | setting for setting in settings]
    scores = try_settings(given.method, tried, tasks, features, semantics, given.bits, given.seed)
    cell = {
        "dataset": card.name,
        "backbone": features_card["backbone"],
        "semantics": given.semantics_name,
        "split": split.name,
        "method": given.variant or given.method,
        "label": given.label or method_class(given.method).label,
    }
    held_out = [list(task.held_out) for task in tasks]
    choice = Choice(cell, given.bits, given.seed, settings, held_out, scores.tolist(), best_setting(scores))
    write_choice(given.output, choice)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m mgah.training.choose", description=__doc__.splitlines()[0]
    )
    add_arguments(parser)
    parser.add_argument("--choose", type=json_array, required=True, help="axes of the grid, as JSON")
    parser.add_argument("--trials", type=int, required=True, help="settings to try, the default included")
    parser.add_argument("--draws", type=int, required=True, help="draws of held-out classes")
    parser.add_argument("--pseudo-unseen", type=int, help="classes held out in a draw; default a tenth")
    parser.add_argument("--bits", type=int, required=True, help="code length of the trials")
    parser.add_argument("--output", required=True, type=Path, help="record of the choice to write, .json")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
