"""What YAML and ``--config`` would take for another value than it looks is told, with its key and line."""

import pytest

from mgah.errors import InputError
from workflow.config_files import check_files, check_readable, named_modules, retyped


def write(tmp_path, text):
    file = tmp_path / "own.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: 1\nb: 2\na: 3\n",
            r"config key a: it stands there twice, in line 1 as well.*\(own\.yaml, line 3\)",
        ),
        ("m:\n  itq: {}\n  'itq': {x: 1}\n", r"config key m\.itq: it stands there twice, in line 2 as well"),
        ("a:\n- b\n- {c: 1, c: 1}\n", r"config key a\.1\.c: it stands there twice.*line 3"),
        ('{"a": {"b": 1, "b": 2}}', r"config key a\.b: it stands there twice"),
        ("bits: [8, 010]\n", r"config key bits\.1: YAML reads 010 as 8: .*\(own\.yaml, line 1\)"),
        ("a: {n: -017}\n", r"config key a\.n: YAML reads -017 as -15"),
        ("n: 3:00\n", r"config key n: YAML reads 3:00 as 180"),
        ("a: 010\na: 1\n", r"config key a: YAML reads 010 as 8.*; config key a: it stands there twice"),
    ],
)
def test_what_reads_as_something_else_is_told(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        check_files([write(tmp_path, text)])


@pytest.mark.parametrize(
    "text",
    [
        "a: {b: 1}\nc: {b: 1}\n",
        "a: [0, 8, -1, 0x10, 0b11, 1_000]\n",
        "a: ['010', 08, 0.5, 01a, 1e3]\n",
        "x: &x {a: 1}\ny: {<<: *x, a: 2}\nz: *x\n",
        "\ufeffa: 1\r\nb: 2\r\n",
        "",
        "a: [",
    ],
)
def test_all_else_is_left_alone(tmp_path, text):
    check_files([write(tmp_path, text)])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\n\tb: 2\n", r"own\.yaml, line 2: it is no YAML \("),
        ("a: [1, 2\nb: 3\n", r"own\.yaml, line 2: it is no YAML"),
        (
            "a: 1\nb: !!python/name:os.system\n",
            r"own\.yaml, line 2: it is no YAML \(could not determine a cons",
        ),
        ("a: 1\n---\nb: 2\n", r"own\.yaml, line 2: it is no YAML \(but found another document\)"),
        (b"a: caf\xe9\n", r"own\.yaml is no UTF-8 text \(byte 6\): save it as UTF-8"),
        ("- a\n", r"own\.yaml: it has no keys at its top level"),
        ("hello\n", r"own\.yaml: it has no keys at its top level"),
        ("", r"own\.yaml: it has no keys at its top level"),
    ],
)
def test_a_file_that_is_no_yaml_is_told_with_its_line(tmp_path, text, message):
    file = write(tmp_path, text)
    with pytest.raises(InputError, match=message):
        check_readable(file)


def test_a_part_that_is_in_itself_is_told(tmp_path):
    with pytest.raises(
        InputError, match=r"own\.yaml: it is nested too deeply, or a part of it \(\*\) is in itself"
    ):
        check_files([write(tmp_path, "a: &x [*x]\n")])


def test_lists_on_the_command_line_have_numbers():
    """Snakemake reads the members of a list as text."""
    given = ["8", "-1", "0.5", "1e-3", "010", "three", "true", "zero+eight", ["16"], {"lr": "0.1"}]
    expected = [8, -1, 0.5, 1e-3, "010", "three", True, "zero+eight", [16], {"lr": 0.1}]
    assert retyped(given) == expected
    assert retyped("8") == "8" and retyped(8) == 8


@pytest.mark.parametrize("given", [None, 3, "mine.py", {"mine.py": 1}, [3, None, ["mine.py"]]])
def test_modules_of_another_kind_are_left_to_the_schema(given):
    """They are read before it, as it is checked with the components that they define."""
    assert named_modules({"modules": given}) == []
