"""The page on the keys of a config says of each where it stands, what it may hold, and what it means."""

import yaml

from mgah.report.config_keys import config_keys

SCHEMA = """
required: [name]
properties:
  name: {description: The name., type: string}
  seeds: {$ref: "#/$defs/some_seeds"}
  rate: {description: The rate., type: number, exclusiveMinimum: 0}
  methods:
    description: See <name>.
    type: object
    propertyNames: {pattern: a}
    additionalProperties:
      type: object
      required: [kind]
      properties:
        kind: {description: Which., enum: [one, other]}
        choose: {description: What., type: array, items: {type: array, items: {type: object}}}
  experiments:
    description: Where.
    type: array
    items:
      type: object
      properties:
        inner: {description: Block., type: object, properties: {deep: {description: Deep., type: boolean}}}
        seeds: {$ref: "#/$defs/some_seeds"}
$defs:
  some_seeds: {description: Repetitions., type: array, items: {type: integer, minimum: 0, maximum: 9}}
"""


def test_sections_and_rows(tmp_path):
    (tmp_path / "schema.yaml").write_text(SCHEMA)
    names, told, rows = [], {}, {}
    for section in config_keys(tmp_path).split("## ")[1:]:
        heading, said, *table = [part.strip() for part in section.split("\n\n")]
        names.append(heading.strip("`"))
        told[names[-1]] = said
        lines = table[0].split("\n")[2:] if table else []
        rows[names[-1]] = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
    assert names == list(yaml.safe_load(SCHEMA)["properties"])
    assert told == {
        "name": "Text, required. The name.",
        "seeds": "List of integers from 0 to 9. Repetitions.",
        "rate": "Number above 0. The rate.",
        "methods": "Blocks by name. See &lt;name>.",
        "experiments": "List of blocks. Where.",
    }
    assert rows == {
        "name": [],
        "seeds": [],
        "rate": [],
        "methods": [
            ("`NAME.kind`", "one or other, required", "Which."),
            ("`NAME.choose`", "list of lists", "What."),
        ],
        "experiments": [
            ("`inner`", "block", "Block."),
            ("`inner.deep`", "true or false", "Deep."),
            ("`seeds`", "list of integers from 0 to 9", "Repetitions."),
        ],
    }
