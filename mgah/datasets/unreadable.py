"""Images that cannot be read: what may be done about them, and one sentence on all of them."""

from collections.abc import Iterable, Mapping

from mgah.errors import InputError
from mgah.io.names import listed
from mgah.words import counted

#: What may be done about an image that cannot be read: stop and name all of them, or leave it out.
UNREADABLE = ("stop", "skip")
#: Images whose errors a sentence tells.
_TOLD = 10
#: Images that a note names.
_NAMED = 5


def refused(errors: Mapping[str, InputError], of: str, otherwise: str) -> InputError:
    """Return the error on all images that cannot be read, which tells the first ten and how many there are.

    Args:
        errors: the error of each image, one at least, by its name.
        of: what the images are of.
        otherwise: what may be done beside what each error says.

    Examples:
        >>> told = {name: InputError(f"image {name} is empty: remove it") for name in ("1.png", "2.png")}
        >>> print(refused(told, "zoo", "or set unreadable to skip"))
        2 images of zoo cannot be read, or set unreadable to skip: image 1.png is empty: remove it; image 2.png is ...
    """
    if len(errors) == 1:
        return next(iter(errors.values()))
    first = sorted(errors)[:_TOLD]  # threads read in any order
    told = "; ".join(str(errors[name]) for name in first)
    more = f"; and {len(errors) - _TOLD:,} more" if len(errors) > _TOLD else ""
    return InputError(f"{len(errors):,} images of {of} cannot be read, {otherwise}: {told}{more}")


def left_out(names: Iterable[str], of: str) -> str:
    """Return the sentence on images that were left out.

    Examples:
        >>> left_out(["1.png", "2.png"], "zoo")
        '2 images of zoo cannot be read and are left out: 1.png, 2.png.'
    """
    known = sorted(names)
    verb = "is" if len(known) == 1 else "are"
    return (
        f"{counted(len(known), 'image')} of {of} cannot be read and {verb} left out: {listed(known, _NAMED)}."
    )
