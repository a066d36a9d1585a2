"""The keys of a config as a page shows them: one section a key at the top, with a table of the keys inside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from tabulate import tabulate

#: What a value of each type of JSON Schema is called, alone and in a list.
_TYPES = {
    "string": ("text", "texts"),
    "integer": ("integer", "integers"),
    "number": ("number", "numbers"),
    "boolean": ("true or false", ""),
    "object": ("block", "blocks"),
    "array": ("list", "lists"),
}


def config_keys(folder: Path) -> str:
    """Markdown of all keys that the schema ``schema.yaml`` in ``folder`` describes.

    Examples:
        >>> print(config_keys(Path("workflow/config")).split("## ")[5])
        `device`
        <BLANKLINE>
        Text. auto (the first of cuda, mps and cpu that is there) or a torch device, for extraction and training; ...
    """
    schema = yaml.safe_load((folder / "schema.yaml").read_text(encoding="utf-8"))
    sections = [
        _section(name, _resolved(node, schema), name in schema["required"], schema)
        for name, node in schema["properties"].items()
    ]
    return "\n\n".join(sections).replace("<", "&lt;")


def _section(name: str, node: dict, required: bool, schema: dict) -> str:
    """What one key at the top says, and the table of the keys inside it."""
    kind = _kind(node, schema)
    said = f"{kind[0].upper()}{kind[1:]}{', required' if required else ''}. {node['description']}"
    rows = [
        (f"`{path}`", f"{_kind(inner, schema)}{', required' if needed else ''}", inner["description"])
        for path, inner, needed in _inside(node, schema, "")
    ]
    parts = [f"## `{name}`", said]
    if rows:
        parts.append(tabulate(rows, ("key", "value", "what it says"), tablefmt="pipe"))
    return "\n\n".join(parts)


def _inside(node: dict, schema: dict, path: str) -> Iterator[tuple[str, dict, bool]]:
    """Every key inside ``node``: its path from there, its schema, and whether its block must have it."""
    for name, inner in node.get("properties", {}).items():
        resolved = _resolved(inner, schema)
        yield f"{path}{name}", resolved, name in node.get("required", ())
        yield from _inside(resolved, schema, f"{path}{name}.")
    named = node.get("additionalProperties")
    if isinstance(named, dict):
        yield from _inside(named, schema, f"{path}NAME.")
    if "items" in node:
        yield from _inside(_resolved(node["items"], schema), schema, path)


def _resolved(node: dict, schema: dict) -> dict:
    """The definition that ``node`` refers to, or ``node``."""
    return schema["$defs"][node["$ref"].rsplit("/", 1)[1]] if "$ref" in node else node


def _kind(node: dict, schema: dict) -> str:
    """What may stand behind a key, in words."""
    if "enum" in node:
        return " or ".join(node["enum"])
    if node["type"] == "array":
        items = _resolved(node["items"], schema)
        return f"list of {_TYPES[items['type']][1]}{_bounds(items)}"
    if node["type"] == "object":
        return "blocks by name" if "propertyNames" in node else "block"
    return f"{_TYPES[node['type']][0]}{_bounds(node)}"


def _bounds(node: dict[str, Any]) -> str:
    """The numbers that are taken; seeds end at the largest integer of 64 bits, which nobody has to be told."""
    least, most = node.get("minimum"), node.get("maximum", 2**63)
    if "exclusiveMinimum" in node:
        return f" above {node['exclusiveMinimum']}"
    if least is None:
        return ""
    return f" from {least} to {most}" if most < 2**63 - 1 else f" from {least}"
