"""Names like a name that was mistyped."""

import difflib
from collections.abc import Iterable


def near(name: object, known: Iterable[object]) -> str:
    """Return the end of a sentence that asks for the names like ``name`` among the ``known`` ones; "" for none.

    Examples:
        >>> near("itk", ["itq", "ksh"]), near("lsh!", ["mgah"])
        ('; do you mean itq?', '')
    """
    lower = {str(word).lower(): str(word) for word in known}
    found = difflib.get_close_matches(str(name).lower(), lower, n=2, cutoff=0.6)
    return f"; do you mean {' or '.join(lower[word] for word in found)}?" if found else ""
