"""A picture that the served bundle of Plotly cannot draw is named by `make check`."""

import re
from pathlib import Path

import pytest

from checks.finding import LookupFailedError, show
from checks.sources import Sources
from checks.traces import BUNDLE, check_traces

ROOT = Path(__file__).resolve().parents[1]
PICTURE = "dashboard/figures/pie.py"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A dashboard with our bundle, and no picture yet."""
    bundle, picture = tmp_path / BUNDLE, tmp_path / PICTURE
    bundle.parent.mkdir(parents=True)
    bundle.symlink_to(ROOT / BUNDLE)
    picture.parent.mkdir(parents=True)
    return tmp_path


def report_of(tree: Path, code: str) -> str:
    (tree / PICTURE).write_text(f"{code}\n", "utf-8")
    return "\n".join(show(finding, tree) for finding in check_traces(Sources(tree)))


@pytest.mark.parametrize(
    "code",
    [
        'TRACE = {"type": "pie"}',
        'TRACE = {"x": [1], "type": "bar" if BARS else "pie"}',
        'TRACE = dict(x=[1], type="pie")',
        'TRACE["type"] = "pie"',
        "import plotly.graph_objects as go; go.Pie()",
        "from plotly import graph_objects as g; g.Pie()",
        "import plotly.graph_objs; plotly.graph_objs.Pie()",
        "from plotly.graph_objects import Pie",
        "import plotly.graph_objects as go; go.Figure().add_pie()",
    ],
)
def test_a_trace_that_the_bundle_lacks_is_named_with_its_line(tree: Path, code: str) -> None:
    assert re.search(
        rf"^{PICTURE}:2: the bundle of Plotly that is served has no trace pie, which would be drawn"
        r" as a line: draw with one of bar, choropleth, scatter, scattergeo, waterfall, or add it",
        report_of(tree, f"\n{code}"),
    )


@pytest.mark.parametrize(
    "code",
    [
        'TRACE = {"type": "bar"}',
        'AXIS, BUTTON = {"type": "category"}, button(type="submit")',
        "import plotly.graph_objects as go; go.Figure([go.Bar(), go.Scattergeo()])",
        "from dash import html; html.Table()",
        "TRACE = {**OTHER}",
    ],
)
def test_what_the_bundle_has_and_what_is_no_trace_is_left_alone(tree: Path, code: str) -> None:
    assert report_of(tree, code) == ""


@pytest.mark.parametrize(
    "code",
    ["import plotly.express as px", "from plotly import express", "from plotly.express import bar"],
)
def test_plotly_express_is_named(tree: Path, code: str) -> None:
    assert f"{PICTURE}:1: Plotly Express needs pandas" in report_of(tree, code)


def test_a_bundle_that_names_no_traces_is_an_error(tree: Path) -> None:
    (tree / BUNDLE).unlink()
    with pytest.raises(LookupFailedError, match="names no traces: run `make plotly`"):
        report_of(tree, "")
