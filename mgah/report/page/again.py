"""The results page of a finished run made again, such as by a newer version of the page, without the workflow."""

from pathlib import Path

from mgah import registry
from mgah.io.files import read_json
from mgah.report.page.__main__ import write_page
from mgah.report.page.provenance import PAGE, PROVENANCE
from mgah.report.publish import published_files

#: The paper's numbers that come with the project.
_REFERENCE = Path(__file__).parents[1] / "paper/published.csv"


def remake_page(folder: Path) -> Path:
    """Write the page of the finished run in ``folder`` again, of the files that it was made of, and return it.

    Raises:
        InputError: for a run that is not finished, or some of whose files changed after its page was made.
    """
    published_files(folder)  # refuses other runs
    record = read_json(folder / PROVENANCE)
    config = record["config"]
    known = registry.names("outputs")
    captions = {
        name: registry.find("outputs", name).docstring if name in known else ""
        for name in config["outputs"]["figures"]
    }
    files = [folder / name for name in record["files"]]
    write_page(folder, config, captions, _REFERENCE, record["machine"]["gpus"], files)
    return folder / PAGE
