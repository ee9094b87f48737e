"""Writes ``dashboard.json`` beside this file, which Grafana imports.

A panel is a title, a unit, and what it asks Prometheus.
"""

from pathlib import Path
from typing import NamedTuple

from grafana_foundation_sdk.builders import common, dashboard, prometheus, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import DataSourceRef

FILE = Path(__file__).with_name("dashboard.json")
#: Grafana's own: whoever imports the dashboard chooses which Prometheus it asks.
_SOURCE = DataSourceRef(type_val="prometheus", uid="${source}")
_COLUMNS, _HEIGHT = 3, 7


class Panel(NamedTuple):
    """One chart: its queries by the legend of their lines."""

    title: str
    unit: str
    queries: dict[str, str]


def _quantile(share: float, histogram: str) -> str:
    return f"histogram_quantile({share}, sum by (le) (rate({histogram}_bucket[$__rate_interval])))"


def _p95(histogram: str) -> Panel:
    return Panel("Seconds, of one in twenty", "s", {"p95": _quantile(0.95, histogram)})


def _rates(title: str, counter: str, label: str) -> Panel:
    legend = " ".join(f"{{{{{one}}}}}" for one in label.split(", "))
    return Panel(title, "ops", {legend: f"sum by ({label}) (rate({counter}[$__rate_interval]))"})


#: Rows of panels, from what is seen first to where one looks next.
ROWS: dict[str, tuple[Panel, ...]] = {
    "Is all well?": (
        Panel("Processes that answer", "none", {"{{job}}": 'sum by (job) (up{job=~"gerbang-.+"})'}),
        Panel("Faults", "none", {"{{job}} {{fault}}": "sum by (job, fault) (gerbang_fault)"}),
        _rates("Errors by code", "gerbang_errors_total", "code"),
    ),
    "Requests": (
        _rates("By status", "gerbang_requests_total", "status"),
        Panel("Seconds, of one in two, in twenty and in a hundred", "s", {
            f"p{round(100 * share)}": _quantile(share, "gerbang_request_seconds")
            for share in (0.5, 0.95, 0.99)
        }),
        _rates("By what ran them", "gerbang_operations_total", "kind, way"),
    ),
    "Load": (
        Panel("Operations", "none", {
            "run": "sum(gerbang_running)", "wait": "sum(gerbang_waiting)",
        }),
        Panel("Connections to the database", "none", {
            "in use": "sum(gerbang_pool_in_use)", "at most": "sum(gerbang_pool_size)",
        }),
        _rates("Refused, since too much is asked", "gerbang_refused_total", "reason"),
    ),
    "Live": (
        Panel("Open sockets", "none", {"{{instance}}": "gerbang_sockets"}),
        _rates("Sockets that were ended, by code", "gerbang_closes_total", "code"),
        _rates("Statements", "gerbang_statements_total", "kind"),
    ),
    "Keeper": (
        Panel("Seconds since a job succeeded", "s", {
            "{{work}}": "time() - max by (work) (gerbang_job_last_success_timestamp_seconds)",
        }),
        _rates("Passes that failed", "gerbang_job_failures_total", "work"),
        Panel("Age of figures, of the account and of what is published", "s", {
            "figures": "max(gerbang_fold_lag_seconds)",
            "checkpoint": "max(gerbang_account_checkpoint_age_seconds)",
            "published": "max(gerbang_published_edition_age_seconds)",
        }),
    ),
    "Keys": (
        _rates("Questions, by verb", "gerbang_keys_questions_total", "verb"),
        _rates("Questions, by how they were answered", "gerbang_keys_questions_total", "outcome"),
        _p95("gerbang_keys_question_seconds"),
    ),
    "Dashboard": (
        _rates("By status", "gerbang_dashboard_requests_total", "status"),
        _p95("gerbang_dashboard_request_seconds"),
        _rates("Not answered", "gerbang_dashboard_gateway_failures_total", "code"),
    ),
}  # fmt: skip


def text() -> str:
    """The dashboard as JSON."""
    built = (
        dashboard.Dashboard("Gerbang")
        .uid("gerbang")
        .tags(["gerbang"])
        .refresh("10s")
        .time("now-1h", "now")
        .with_variable(dashboard.DatasourceVariable("source").type("prometheus"))
    )
    for title, panels in ROWS.items():
        built = built.with_row(dashboard.Row(title))
        for panel in panels:
            built = built.with_panel(_chart(panel))
    return JSONEncoder(sort_keys=True, indent=1).encode(built.build()) + "\n"


def _chart(panel: Panel) -> timeseries.Panel:
    chart = (
        timeseries.Panel()
        .title(panel.title)
        .unit(panel.unit)
        .datasource(_SOURCE)
        .min(0)
        .legend(common.VizLegendOptions().show_legend(True))
        .height(_HEIGHT)
        .span(24 // _COLUMNS)
    )
    for name, (legend, expression) in zip("ABC", panel.queries.items(), strict=False):
        query = prometheus.Dataquery().ref_id(name).expr(expression).legend_format(legend)
        chart = chart.with_target(query.range())
    return chart


if __name__ == "__main__":
    FILE.write_text(text())
