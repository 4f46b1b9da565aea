"""What MkDocs calls while it builds the site; mkdocs.yml names this file."""

import logging
import re
from functools import partial
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

from tools.documentation.lifecycle import with_drawing
from tools.documentation.repository import Repository
from tools.documentation.schema_reference import pages
from tools.steps import ROOT

# MkDocs counts the warnings of its own loggers, and ends with an error if it is strict.
log = logging.getLogger("mkdocs.hooks.repository")

_ICON = ROOT / "jobwire" / "web" / "page" / "favicon.svg"
_CHANGELOG, _SETTINGS = "changelog.md", "settings.md"
_SETTING = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)


class Site:
    """What is known while one build runs.

    Attributes:
        repository: Where each file of the repository stands.
    """

    repository: Repository


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages that docs/ does not hold."""
    sdl = (ROOT / "schema.graphql").read_text()
    reference = pages(sdl)
    Site.repository = Repository(ROOT, frozenset(reference))
    for sentence in Site.repository.lost:
        log.warning(sentence)
    make = partial(File.generated, config)
    for place, text in Site.repository.texts.items():
        is_source = place.startswith("source/")
        level = InclusionLevel.NOT_IN_NAV if is_source else InclusionLevel.INCLUDED
        files.append(make(place, content=text, inclusion=level))
    for place, text in reference.items():
        files.append(make(place, content=text))
    files.append(make("reference/schema.graphql", content=sdl))
    files.append(make("images/jobwire.svg", content=_ICON.read_text()))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Have links lead to the pages of the site, and draw what GitHub would draw.

    Each setting gets an anchor.
    """
    if page.file.src_uri == _CHANGELOG:
        # It has every word, and is seldom what somebody looks for.
        page.meta["search"] = {"boost": 0.1}
    if page.file.src_uri == _SETTINGS:
        markdown = _SETTING.sub(r"| [`\1`](#\1){ #\1 } |", markdown)
    return with_drawing(Site.repository.rewritten(page.file.src_uri, markdown))


def on_serve(server: Any, **_: Any) -> Any:
    """Build again when a file changes that stands outside of docs/."""
    for path in Site.repository.files():
        server.watch(str(path))
    return server
