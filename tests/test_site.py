"""The site of the documentation: built without a network, with links that lead somewhere and nothing of other hosts."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import mgah
from mgah import registry

pytestmark = pytest.mark.slow

ROOT = Path(mgah.__file__).resolve().parents[1]
#: Attributes whose target the browser loads by itself.
LOADED = {("script", "src"), ("img", "src"), ("link", "href"), ("source", "src"), ("iframe", "src")}


class Parts(HTMLParser):
    """The targets and the anchors of a page."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.targets: list[tuple[str, str, str]] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.anchors.add(value)
            if name in ("href", "src") and value is not None:
                self.targets.append((tag, name, value))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the site and its pages; any warning of the build is an error."""
    pytest.importorskip("mkdocs")
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    folder = tmp_path_factory.mktemp("site")
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder))
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
    pages = [page for page in folder.rglob("*.html") if "repository" not in page.relative_to(folder).parts]
    return folder, {page: Parts(page) for page in pages}


def test_every_link_leads_to_a_file_and_every_anchor_is_there(site):
    folder, pages = site
    assert len(pages) > 25
    broken = []
    for page, parts in pages.items():
        home = folder if page.name == "404.html" else page.parent
        for _, _, link in parts.targets:
            url = urlsplit(link)
            if url.scheme or url.netloc:
                continue
            target = (home / unquote(url.path)) if url.path else page
            target = folder / url.path.lstrip("/") if url.path.startswith("/") else target
            target = target / "index.html" if target.is_dir() else target
            target = target.resolve()
            anchored = target in pages and url.fragment and url.fragment != "__skip"
            if not target.is_file() or (anchored and unquote(url.fragment) not in pages[target].anchors):
                broken.append((str(page.relative_to(folder)), link))
    assert not broken


def test_nothing_is_loaded_from_another_host(site):
    folder, pages = site
    loaded = [
        (page.name, value)
        for page, parts in pages.items()
        for tag, name, value in parts.targets
        if (tag, name) in LOADED and urlsplit(value).netloc
    ]
    styles = [
        found
        for sheet in folder.rglob("*.css")
        for found in re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)\"']+", sheet.read_text())
    ]
    assert not loaded and not styles


def test_the_reference_has_what_the_package_gives_and_every_component_that_comes_along():
    text = "".join(page.read_text() for page in sorted((ROOT / "docs/api").glob("*.md")))
    shown = {name for names in re.findall(r"members: \[(.+?)\]", text) for name in names.split(", ")}
    for name in re.findall(r"^::: (\S+)", text, flags=re.M):
        shown.add(name.rpartition(".")[2])
        module = ROOT / f"{name.replace('.', '/')}.py"
        if module.is_file():
            shown |= {node.name for node in ast.parse(module.read_text()).body if hasattr(node, "name")}
    kinds = ("methods", "datasets", "backbones", "semantics")
    found = [registry.find(kind, name) for kind in kinds for name in registry.names(kind)]
    assert {item.attribute for item in found if item.place is None} <= shown
    assert set(mgah._PLACES) <= shown


def test_every_documented_parameter_and_attribute_has_a_line_of_its_own(site):
    """Two names before one colon are read as one odd name."""
    _, pages = site
    name = re.compile(r"<tr class=\"doc-section-item\">\s*<td>\s*<code>(?:<span[^>]*>)?([^<]+)<")
    names = [found for page in pages for found in name.findall(page.read_text(encoding="utf-8"))]
    assert len(names) > 100 and not [found for found in names if "," in found]
