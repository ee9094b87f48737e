"""The site of `make docs`: the project's own pages, read where they lie, with a search.

Sphinx warns of a page that no part below lists, and of a link between pages that leads nowhere;
`make docs` takes each warning for an error.
"""

import re
import shutil
import tomllib
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
#: Draws the diagrams, where npm could bring it; elsewhere they are shown as they are written.
MERMAID = HERE / "node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js"
#: What the site is divided into, beside the README, its first page.
PARTS = {
    "For front-end teams": (
        "docs/ten-minutes", "docs/first-screen", "docs/clients/README", "client/README",
        "examples/portal/README", "docs/errors", "gateway/policy", "docs/live",
        "docs/trusted-documents", "docs/documents", "docs/visa-in-hand", "docs/settlement",
        "docs/feeds", "docs/partners",
    ),
    "For operators": (
        "docs/operations", "docs/capacity", "docs/runbook", "docs/vault", "SECURITY",
        "docs/data-protection",
    ),
    "How it works": (
        "docs/architecture", "docs/life", "docs/linking", "docs/grants-by-rule", "docs/corrections",
        "docs/plans",
        "docs/glossary", "docs/decisions/README", "bench/README",
    ),
    "For contributors": ("CONTRIBUTING", "tests/README", "docs/migrations", "CHANGELOG"),
}  # fmt: skip

project = "Gerbang"
release = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
html_title = f"{project} {release}"
extensions = ["myst_parser"]
myst_heading_anchors = 4
root_doc = "README"
include_patterns = [
    "*.md", "docs/**.md", "gateway/policy.md", "bench/README.md", "tests/README.md",
    "client/README.md", "examples/portal/README.md",
]  # fmt: skip
exclude_patterns = ["**/node_modules"]
#: Excerpts with an ellipsis, and languages that the highlighter does not know.
suppress_warnings = ["misc.highlighting_failure"]
html_theme = "furo"
html_static_path = [str(HERE / "site.css")]
html_css_files = ["site.css"]
html_show_sourcelink = html_copy_source = html_use_index = False
html_show_search_summary = False  # a browser that reads files lets no page read the others
if MERMAID.exists():
    html_static_path.append(str(MERMAID))
    html_js_files = [MERMAID.name]


def add_contents(_: Sphinx, page: str, source: list[str]) -> None:
    """The navigation, of which the pages themselves know nothing."""
    if page == root_doc:
        for caption, pages in PARTS.items():
            listed = "\n".join(f"/{each}" for each in pages)
            source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{listed}\n```\n"
    if page == "docs/decisions/README":
        source[0] += "\n```{toctree}\n:hidden:\n:glob:\n\n0*\n```\n"


def draw_diagrams(_: Sphinx, __: str, source: list[str]) -> None:
    """Let the browser draw what is written in Mermaid, as code hosts do."""
    drawn = r'<pre class="mermaid">\n\1</pre>\n'
    source[0] = re.sub(r"^```mermaid\n(.*?)^```$", drawn, source[0], flags=re.M | re.S)


def unlink_code(app: Sphinx, doctree: nodes.document) -> None:
    """Leave the name of a file or folder that is no page of the site, without the link."""
    folder = Path(doctree["source"]).parent
    for link in list(doctree.findall(addnodes.download_reference)):
        link.replace_self(link.children)
    for link in list(doctree.findall(addnodes.pending_xref)):
        target = link["reftarget"]
        is_page = link["refdomain"] == "doc" and target in app.env.found_docs
        if not is_page and ((folder / target).exists() or (ROOT / f"{target}.md").exists()):
            link.replace_self(link.children)


def write_index(app: Sphinx, error: Exception | None) -> None:
    """The first page under the name that a server looks for."""
    if not error:
        shutil.copy(app.outdir / f"{root_doc}.html", app.outdir / "index.html")


def setup(app: Sphinx) -> None:
    app.connect("source-read", add_contents)
    app.connect("source-read", draw_diagrams)
    app.connect("doctree-read", unlink_code, priority=400)
    app.connect("build-finished", write_index)
