"""What the site shows of the repository beside this folder.

README.md, CONTRIBUTING.md and CHANGELOG.md are pages. A file outside this folder that a page links to comes along,
under ``repository/``, so the same link works in a checkout and in the site; a Markdown file becomes a page there.
"""

import os
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
#: Pages that are written at the top of the repository, and their place in the site.
PAGES = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
#: The target of a link, without its anchor and not of another host, after its bracket.
LINK = re.compile(r"(?<=\]\()(?![\w+.-]+:|#)([^)\s#]+)")


def written_at(page: str) -> str:
    """The place of a page's text, seen from the top of the repository."""
    if page.startswith("repository/"):
        return page.removeprefix("repository/")
    return next((source for source, place in PAGES.items() if place == page), f"docs/{page}")


def shown_at(source: str) -> str:
    """The place in the site of a file that is ``source`` in the repository."""
    if source.startswith("docs/"):
        return source.removeprefix("docs/")
    return PAGES.get(source, f"repository/{source}")


def target(page: str, link: str) -> str:
    """The file in the repository that ``link`` on ``page`` leads to."""
    return os.path.normpath(os.path.join(os.path.dirname(written_at(page)), link))


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the top of the repository, and what pages link to."""
    for source, place in PAGES.items():
        files.append(File.generated(config, place, content=(ROOT / source).read_text(encoding="utf-8")))
    for page in list(files.documentation_pages()):
        for link in LINK.findall(page.content_string):
            found = target(page.src_uri, link)
            place = shown_at(found)
            if (
                place.startswith("repository/")
                and (ROOT / found).is_file()
                and not files.get_file_from_path(place)
            ):
                origin = {"abs_src_path": str(ROOT / found), "inclusion": InclusionLevel.NOT_IN_NAV}
                files.append(File.generated(config, place, **origin))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn the links of a page to places in the site."""
    here = page.file.src_uri

    def in_site(found: re.Match) -> str:
        return os.path.relpath(shown_at(target(here, found[1])), os.path.dirname(here) or ".")

    return LINK.sub(in_site, markdown)
