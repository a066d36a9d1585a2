"""The schema of configs, and sentences on what does not fit it. Light to import."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from mgah.datasets.split_names import is_name
from mgah.limits import number_hint
from mgah.near import near

SCHEMA = Path(__file__).parent / "config" / "schema.yaml"


def schema_faults(config: object) -> list[str]:
    """Return a sentence on every part of ``config`` that does not fit its schema, with its key.

    Examples:
        >>> schema_faults({"bits": ["1e1"]})[-1]
        "config key bits.0: '1e1' is not of type 'integer' (1e1 is text in YAML: write 10)"
    """
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    faults: Sequence[Any] = sorted(
        _VALIDATOR(schema, format_checker=_FORMATS).iter_errors(config),
        key=lambda fault: [str(part) for part in fault.path],
    )
    return [_sentence(fault) for fault in faults]


def _is_integer(checker: object, value: object) -> bool:
    """Whether a value is an integer, as 8.0 is not: names of files are made of it."""
    return isinstance(value, int) and not isinstance(value, bool)


_VALIDATOR = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
)

#: Forms of text that no regular expression of Python tells: letters of any language, with the signs behind them.
_FORMATS = jsonschema.FormatChecker(formats=())
_FORMATS.checks("name of a split")(lambda name: not isinstance(name, str) or is_name(name))


def _sentence(fault: Any) -> str:
    return f"config key {'.'.join(map(str, fault.absolute_path)) or '(top level)'}: {fault.message}{_hint(fault)}"


def _hint(fault: Any) -> str:
    """What was meant, for keys that are mistyped, values of another type or form, and blocks with nothing in them."""
    if fault.validator in ("pattern", "format"):
        return f" (expected {fault.schema['words']})"
    if fault.validator == "additionalProperties":
        known = fault.schema["properties"]
        return "".join(near(key, known) for key in fault.instance if key not in known)
    return _hint_of_kind(fault) if fault.validator == "type" else ""


def _hint_of_kind(fault: Any) -> str:
    """What was meant by a value of another type than its key takes."""
    value = fault.instance
    match fault.validator_value:
        case "object" if value is None:
            return " (write {} for an empty block)"
        case "object" if isinstance(value, list) and "propertyNames" in fault.schema:
            return " (write a block for each name, {} for an empty one, as in {name: {}})"
        case "array" if value is None:
            return "" if "minItems" in fault.schema else " (write [] for an empty list)"
        case "array" if isinstance(value, dict):
            return " (write a list, with - before each part)"
        case "array":
            return f" (write a list, [{value}])"
        case "string" if not isinstance(value, list | dict):
            return " (write it in quotes)"
        case [*_]:  # all that JSON has
            return " (write it in quotes)"
        case "integer" | "number":
            return number_hint(value)
    return ""
