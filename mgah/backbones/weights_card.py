"""The card of weights that were trained here, which says what they were trained on: its writer and its reader.

``<name>.safetensors`` holds the state dict. ``<name>.json`` beside it holds ``weights_sha256`` (the SHA-256 of that
file), ``training_classes`` (WordNet 3.0 noun ids), ``notes``, sentences that belong beside every number made with the
weights, and further entries that the training adds.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from safetensors.torch import save_file
from torch import Tensor

from mgah.errors import InputError
from mgah.io.files import atomic_path, read_json, sha256, write_json
from mgah.io.records import TEXTS, check_fields

SUFFIX = ".safetensors"


def write_trained_weights(
    target: Path | str,
    state: Mapping[str, Tensor],
    training_classes: Sequence[str],
    notes: Sequence[str],
    about: Mapping[str, object],
) -> None:
    """Write the state dict ``state`` to ``target`` (``.safetensors``) and its card beside it.

    Args:
        target: the file.
        state: tensors by name.
        training_classes: WordNet 3.0 noun ids of the classes that the weights were trained on.
        notes: sentences that belong beside every number made with the weights.
        about: further entries of the card.
    """
    target = Path(target)
    target.with_suffix(".json").unlink(missing_ok=True)  # first: it must never describe the new file
    with atomic_path(target) as path:
        save_file({key: value.cpu().contiguous() for key, value in state.items()}, path)
    card = {
        **about,
        "training_classes": list(training_classes),
        "notes": list(notes),
        "weights_sha256": sha256(target),
    }
    write_json(target.with_suffix(".json"), card)


def read_weights_card(weights: Path, digest: str) -> dict | None:
    """Read the card of the file ``weights``, whose SHA-256 is ``digest``; return None where it has no card.

    Raises:
        InputError: for a card that is damaged or belongs to other weights.
    """
    file = weights.with_suffix(".json")
    if weights.suffix != SUFFIX or not file.exists():
        return None
    card = read_json(file)
    if card.get("weights_sha256") != digest:
        raise InputError(
            f"weights card {file} is of a file with the SHA-256 {card.get('weights_sha256')}, {weights} has "
            f"{digest}: put the two files that were made together side by side"
        )
    fields = {"training_classes": TEXTS, "notes": TEXTS}
    check_fields(card, fields, f"weights card {file}", again="make the weights again")
    return card
