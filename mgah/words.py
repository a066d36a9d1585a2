"""Numbers of things in words."""


def counted(count: int, thing: str) -> str:
    """Return how many there are of a ``thing``, a word in the singular that gets an s or, for its y, ies.

    Examples:
        >>> counted(1, "query"), counted(1200, "query"), counted(0, "code")
        ('1 query', '1,200 queries', '0 codes')
    """
    if count == 1:
        return f"1 {thing}"
    return f"{count:,} {thing.removesuffix('y')}ies" if thing.endswith("y") else f"{count:,} {thing}s"
