"""Checks that a config's outputs are there, read tidy tables, and show what the config asks for. Light to import."""

from mgah import registry
from mgah.errors import InputError
from mgah.near import near
from mgah.report.inputs import tables_of
from workflow.checks import at_key

#: Tidy tables that a config has to ask for, by the key that does, and what an output of them shows in vain.
_ASKED = {
    "ablations": ("ablation", "an ablation and the config has none"),
    "contrasts": ("contrasts", "contrasts and the config has none"),
    "trained_features": ("trained_features", "scores on trained features and the config asks for none"),
    "measures": ("measures", "what other papers print and the config asks for none of it"),
}


def check_own_outputs(config: dict) -> None:
    """Raise `InputError` for an output among the config's ``modules`` that reads what is no tidy table.

    It is a target of the workflow whether or not the config lists it.
    """
    named = set(map(registry.absolute, config["modules"]))
    for name in registry.names("outputs"):
        place = registry.find("outputs", name).place
        if place is not None and place.target in named:
            with at_key("modules"):
                tables_of(name)


def check_outputs(config: dict) -> None:
    """Raise `InputError` for an output that does not exist, or that the config gives nothing to show."""
    groups = {name: registry.find("outputs", name).group for name in registry.names("outputs")}
    for kind, names in config["outputs"].items():
        place = f"outputs.{kind}"
        for name in names:
            if groups.get(name) != kind:
                there = [other for other in groups if groups[other] == kind]
                raise InputError(
                    f"config key {place}: there is no {kind[:-1]} {name!r}, expected among {there}"
                    f"{near(name, there)}"
                )
            with at_key(place):
                tables = tables_of(name)
            _check_asked(config, place, name, tables)


def _check_asked(config: dict, place: str, name: str, tables: tuple[str, ...]) -> None:
    """Raise `InputError` for the output ``name`` of tidy ``tables`` that the config does not ask for."""
    for table, (key, words) in _ASKED.items():
        # an ablation is only a part of what some outputs of scores show
        beside = table == "ablations" and "scores" in tables
        if table in tables and not beside and not _asked_for(config.get(key)):
            raise InputError(f"config key {place}: {name} shows {words}, expected the key {key}")


def _asked_for(block: object) -> bool:
    """Whether a key of the config asks for something; ``measures`` is filled in with nothing asked."""
    return any(block.values()) if isinstance(block, dict) else bool(block)
