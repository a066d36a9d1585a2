"""The contrasts of a config: a method minus the best of others, in every setting where all of them run together."""

from collections.abc import Iterator, Mapping

from mgah.errors import InputError
from mgah.evaluation.reference_lines import NO_CODING
from workflow.checks import check_known
from workflow.components import method_entry, store_of
from workflow.experiments import cells_of, methods_of, reference_lines, setting_words, settings_of


def with_contrasts(config: dict) -> dict:
    """Return ``config`` with its contrasts, by default none.

    Raises:
        InputError: for a contrast of a method that there is not or of one with itself, of methods that run together
            nowhere, in a setting without the line that ranks without coding, or where its panel has another already.
    """
    config = {"contrasts": []} | config
    points = dict[tuple, int]()
    for number, contrast in enumerate(config["contrasts"]):
        _check(config, number, contrast, points)
    return config


def places(config: dict) -> Iterator[tuple[dict, list[str]]]:
    """Yield each setting that has a contrast, with the names of the methods of all of its contrasts."""
    for setting in settings_of(config):
        here = {name for c in config["contrasts"] if _meet(config, setting, c) for name in names_of(c)}
        if here:
            yield setting, [name for name in config["methods"] if name in here]


def names_of(contrast: Mapping) -> list[str]:
    """Return the names of all methods of a contrast."""
    return [contrast["method"], *contrast["against"]]


def _meet(config: dict, setting: Mapping[str, str], contrast: Mapping) -> bool:
    """Whether all methods of the contrast have a split, seed and code length in common in ``setting``."""
    if not set(names_of(contrast)) <= set(methods_of(config, setting)):
        return False
    cells = [set(cells_of(config, setting, name)) for name in names_of(contrast)]
    return bool(set.intersection(*cells))


def _check(config: dict, number: int, contrast: Mapping, points: dict[tuple, int]) -> None:
    """Raise `InputError` unless the contrast can be computed; ``points`` gets those that it has in its panel."""
    place, method = f"contrasts.{number}", contrast["method"]
    check_known(place, "method among methods", names_of(contrast), sorted(config["methods"]))
    if method in contrast["against"]:
        raise InputError(f"config key {place}: {method} is set against itself, expected other methods")
    settings = [setting for setting in settings_of(config) if _meet(config, setting, contrast)]
    if not settings:
        raise InputError(
            f"config key {place}: no setting runs {', '.join(names_of(contrast))} on one split with one seed at one "
            "code length, expected at least one: list them in one experiment"
        )
    for setting in settings:
        words = setting_words(setting)
        if NO_CODING not in reference_lines(config, setting):
            raise InputError(
                f"config key {place}: {words} has no reference line {NO_CODING}, which tells the strength of its "
                f"features: add reference_lines: [{NO_CODING}] to an experiment there"
            )
        store = store_of(method_entry(config, method, setting["dataset"], setting["backbone"]))
        other = points.setdefault((contrast["part"], store, *setting.values()), number)
        if other != number:
            raise InputError(
                f"config key {place}: contrasts.{other} shows {contrast['part']} in {words} already, of a method that "
                f"reads {store} as well, expected another part"
            )
