"""What a dataset, a backbone or a source of semantics reads that does not come with the project.

They list it without opening any file; ``python -m mgah.needs`` checks it for a whole run.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Need:
    """Files that do not come with the project.

    Attributes:
        what: what they are called.
        size: how large they are, as text such as "11 MB".
        origin: where they come from.
        how: which file goes where; ``data folder`` is the folder of all raw data.
        places: paths, relative to the data folder, of which one is enough.
        url: where the project downloads them from when none is there; empty where a person must put them there.
    """

    what: str
    size: str
    origin: str
    how: str
    places: tuple[str, ...]
    url: str = ""

    def is_met(self, data_dir: Path) -> bool:
        """Whether one of the places exists."""
        return any((data_dir / place).exists() for place in self.places)

    def fault(self, data_dir: Path) -> str:
        """Say what is wrong with what is there, where that can be told without reading all of it; by default ""."""
        return ""

    def __str__(self) -> str:
        return f"{self.what} ({self.size}), from {self.origin}: {self.how}"
