"""What values of a component's parameters may be: each rule says what it expects of one that does not fit, else "".

A method's ``_check_parameters`` applies them to itself; a dry run reads them from its source (`mgah.registry.limits`).
Light to import.
"""

import math
import sys
from collections.abc import Mapping, Sequence
from numbers import Integral, Real

#: Bounds of a parameter that must be above 0.
POSITIVE = (2.2250738585072014e-308, math.inf)


def integer(value: object, low: int) -> str:
    """Expect an integer of ``low`` or more.

    Examples:
        >>> integer(3, 1), integer(1.5, 1)
        ('', 'an integer of 1 or more, below 2^63')
    """
    fits = isinstance(value, Integral) and not isinstance(value, bool) and low <= int(value) < 1 << 63
    return "" if fits else f"an integer of {low} or more, below 2^63"


def bounded(value: object, bounds: tuple[float, float]) -> str:
    """Expect a finite number between ``bounds``, both included.

    Examples:
        >>> bounded(0.5, (0, 1)), bounded("fast", POSITIVE)
        ('', 'a number above 0')
        >>> bounded(10**400, (0, math.inf))
        'a number from 0 to inf that 64 bits hold, below 1.8e308'
    """
    low, high = bounds
    if _is_number(value) and low <= value <= high:  # type: ignore[operator]
        return ""
    words = "a number above 0" if (low, high) == POSITIVE else f"a number from {low} to {high}"
    too_large = isinstance(value, Integral) and value > sys.float_info.max and math.isinf(high)  # type: ignore[operator]
    return words + (" that 64 bits hold, below 1.8e308" if too_large else "")


def pair(value: object, bounds: tuple[float, float]) -> str:
    """Expect two numbers between ``bounds``, both included.

    Examples:
        >>> pair([1, 2], (1, 5)), pair(1, (1, 5))
        ('', 'two numbers from 1 to 5, first and last')
    """
    low, high = bounds
    is_pair = isinstance(value, Sequence) and len(value) == 2
    fits = is_pair and all(_is_number(number) and low <= number <= high for number in value)  # type: ignore[attr-defined]
    return "" if fits else f"two numbers from {low} to {high}, first and last"


def flag(value: object) -> str:
    """Expect True or False: any text, "false" as well, counts as true.

    Examples:
        >>> flag(True), flag("false")
        ('', 'True or False (true or false in YAML, without quotes)')
    """
    is_flag = type(value).__name__ in ("bool", "bool_")  # NumPy's too, whatever it is called
    return "" if is_flag else "True or False (true or false in YAML, without quotes)"


def choice(value: object, allowed: Sequence[object]) -> str:
    """Expect one of ``allowed``.

    Examples:
        >>> choice("l2", ("none", "l2")), choice("L2", ("none", "l2"))
        ('', 'one of none, l2')
    """
    fits = isinstance(value, str) and value in allowed
    return "" if fits else f"one of {', '.join(map(str, allowed))}"


def texts(value: object, *, distinct: bool = False) -> str:
    """Expect a list of texts, ``distinct`` ones if so said: one text counts as none, as it would be read as letters.

    Examples:
        >>> texts(["ant", "bee"]), texts("abc"), texts(["ant", "ant"], distinct=True)
        ('', 'a list of texts, in quotes where YAML reads no text', 'a list without one text twice')
    """
    if not isinstance(value, list | tuple) or not all(isinstance(text, str) for text in value):
        return "a list of texts, in quotes where YAML reads no text"
    return "a list without one text twice" if distinct and len(set(value)) < len(value) else ""


def text_mapping(value: object) -> str:
    """Expect a mapping of texts to texts.

    Examples:
        >>> text_mapping({"cat": "cat.n.01"}), text_mapping({0: "cat.n.01"})
        ('', 'a mapping of texts to texts, in quotes where YAML reads no text')
    """
    fits = isinstance(value, Mapping) and all(
        isinstance(text, str) for item in value.items() for text in item
    )
    return "" if fits else "a mapping of texts to texts, in quotes where YAML reads no text"


def hint(value: object, expected: str) -> str:
    """Return the `number_hint` on a ``value`` in whose place a number or an integer is ``expected``, else "".

    Examples:
        >>> hint("1e3", integer("1e3", 1)), hint("1e3", flag("1e3"))
        (' (1e3 is text in YAML: write 1000)', '')
    """
    return number_hint(value) if "number" in expected or "integer" in expected else ""


def number_hint(value: object) -> str:
    """Say how text that looks like a number is written as a number in YAML; "" for all else.

    Examples:
        >>> number_hint("1e-4"), number_hint("1e3"), number_hint("fast")
        (' (1e-4 is text in YAML: write 0.0001)', ' (1e3 is text in YAML: write 1000)', '')
    """
    try:
        number = float(value) if isinstance(value, str) else math.nan
    except ValueError:
        return ""
    if not math.isfinite(number):
        return ""
    shown = str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    if "e" in shown and "." not in shown:
        shown = shown.replace("e", ".0e")
    return f" ({value} is text in YAML: write {shown})"


def _is_number(value: object) -> bool:
    """Whether ``value`` is a finite real number of 64 bits; True and False are none, nor is an integer too large."""
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
