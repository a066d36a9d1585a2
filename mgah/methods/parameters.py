"""The parameters of a method: which its constructors take, and how a method shows them."""

import inspect
import textwrap
from typing import TYPE_CHECKING

from mgah.methods.checks import same

if TYPE_CHECKING:
    from mgah.methods.base import HashingMethod

_WIDTH = 100


def constructor_parameters(cls: type) -> list[dict[str, inspect.Parameter]]:
    """Keyword-only parameters of a class's constructor, then of its bases' that it passes ``**others`` on to.

    Each by name in the order that it is written in.

    Examples:
        >>> from mgah.methods.mgah import MGAH
        >>> own, deep = constructor_parameters(MGAH)
        >>> "alpha" in own, "epochs" in deep
        (True, True)
    """
    found = []
    for base in cls.__mro__:
        if "__init__" in vars(base):
            parameters = inspect.signature(vars(base)["__init__"]).parameters.values()
            found.append({p.name: p for p in parameters if p.kind is p.KEYWORD_ONLY})
            if not any(p.kind is p.VAR_KEYWORD for p in parameters):
                break
    return found


def shown(method: "HashingMethod") -> str:
    """A method as Python would write it: code length, its class's own parameters, and those of its bases that differ.

    Examples:
        >>> from mgah.baselines.itq import ITQ
        >>> shown(ITQ(n_bits=8))
        'ITQ(n_bits=8, iterations=50, normalize=False, initial_rotation=None, random_state=0)'
    """
    own, *others = constructor_parameters(type(method))
    changed = [
        name
        for inherited in others
        for name, parameter in inherited.items()
        if name not in own and not same(getattr(method, name, None), parameter.default)
    ]
    last = [name for name in own if name == "random_state"]
    names = dict.fromkeys(["n_bits", *(name for name in own if name not in last), *changed, *last])
    text = ", ".join(f"{name}={getattr(method, name, '?')!r}" for name in names)
    start = f"{type(method).__name__}("
    return textwrap.fill(
        f"{start}{text})", _WIDTH, subsequent_indent=" " * len(start), break_long_words=False
    )
