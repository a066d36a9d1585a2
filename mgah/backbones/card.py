"""The card of a setting's backbone, which says what its weights were trained on: its writer and its reader."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from mgah.backbones.base import Backbone
from mgah.errors import InputError
from mgah.io.files import read_json, write_json
from mgah.io.records import NAME, OBJECT, TEXT, TEXTS, TEXTS_OR_NULL, check_fields

_FIELDS = {"backbone": NAME, "module": NAME, "options": OBJECT, "weights": TEXT, "weights_sha256": TEXT}
_FIELDS |= {"training_classes": TEXTS_OR_NULL, "notes": TEXTS}


@dataclass(frozen=True)
class BackboneCard:
    """What a run records of one backbone.

    Attributes:
        backbone: name in the config.
        module: name in the registry.
        options: constructor options.
        weights, weights_sha256: name and SHA-256 of the weights file; empty without weights.
        training_classes: WordNet 3.0 noun ids of the classes that the weights were trained on, for the leak marks; None
            where they are not known.
        notes: sentences on the weights that belong beside every number, whichever layers a method trained.
    """

    backbone: str
    module: str
    options: Mapping[str, object]
    weights: str
    weights_sha256: str
    training_classes: tuple[str, ...] | None
    notes: tuple[str, ...]


def describe(name: str, module: str, options: Mapping[str, object], backbone: Backbone) -> BackboneCard:
    """Make the card of ``backbone``, built by the registry's ``module`` with ``options`` for the config's ``name``."""
    return BackboneCard(
        backbone=name,
        module=module,
        options=dict(options),
        weights=backbone.weights_file,
        weights_sha256=backbone.weights_sha256,
        training_classes=backbone.training_classes(),
        notes=backbone.weights_notes,
    )


def write_backbone_card(target: Path | str, card: BackboneCard) -> None:
    """Write the card of a backbone to the file ``target``, atomically."""
    write_json(target, asdict(card))


def read_backbone_card(source: Path | str) -> BackboneCard:
    """Read the card of a backbone from the file ``source``.

    Raises:
        InputError: for a card that is missing or damaged; the sentence names the file.
    """
    content = read_json(source)
    check_fields(content, _FIELDS, f"backbone card {source}")
    try:
        return BackboneCard(**content)
    except TypeError as error:
        raise InputError(f"backbone card {source} is not one ({error}): remove it and run again") from error
