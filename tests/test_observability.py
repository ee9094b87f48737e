"""The alerts, the dashboard for Grafana and the runbook say what the processes say, and each alert
fires for its own reason."""

import importlib.util
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.web.metrics import Metrics as DashboardMetrics
from gateway.access.probe import FIGURES
from gateway.cli.keeper import keeper_health
from gateway.faults import Fault
from gateway.logs import OperationKind, OperationRecord, Way
from gateway.wire.admission import Admission, AdmissionLimits
from gateway.wire.health import internal_app
from gateway.wire.keeper_metrics import KeeperMetrics
from gateway.wire.metrics import Metrics
from models.jobs.scheduler import Jobs
from models.key_service.metrics import KeyMetrics
from tests.machine import needs

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "deploy" / "observability"
PROMTOOL = ROOT / ".tools" / "prometheus" / "promtool"
with_promtool = needs(
    "prometheus", is_here=PROMTOOL.exists(), absent="promtool is not unpacked here"
)
ALERTS: dict[str, dict[str, Any]] = {
    rule["alert"]: rule
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
}
#: Those of a target itself, and the labels that Prometheus gives to each series.
_PROMETHEUS_OWN, _OF_TARGETS = {"up"}, {"job", "instance", "le"}


@pytest.fixture(scope="module")
def told() -> dict[str, set[str]]:
    """The labels of each metric that some process serves."""
    found: dict[str, set[str]] = {}
    for text in (_page(_gateway()), _page(_keeper()), _dashboard(), KeyMetrics().text()):
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                found.setdefault(sample.name, set()).update(sample.labels)
            found.setdefault(family.name, set())
            found.setdefault(f"{family.name}_total", set())
    return found


def _page(app: Starlette) -> str:
    return TestClient(app).get("/metrics").text


def _gateway() -> Starlette:
    class Pool:
        size, in_use = 10, 0

    async def nothing() -> dict[str, float]:
        return {}

    metrics, health = Metrics(), keeper_health(Jobs())
    Admission(metrics, AdmissionLimits(1, 1, 1, 1, 1))
    metrics.watch_health(health)
    metrics.watch_pool(Pool())
    metrics.watch_figures(FIGURES, nothing)
    record = OperationRecord(kind=OperationKind.SUBSCRIPTION, way=Way.PLAN)
    metrics.note_request("/graphql", record, 200, 0.1)
    metrics.note_payload(record)
    metrics.note_close(4401)
    return internal_app(health, metrics.page)


def _keeper() -> Starlette:
    async def nothing() -> dict[str, float]:
        return {}

    jobs = Jobs()
    jobs.add("fold_or_age", 1).note_nothing_due()
    health = keeper_health(jobs)
    return internal_app(health, KeeperMetrics(jobs, health, FIGURES, nothing).page)


def _dashboard() -> str:
    metrics = DashboardMetrics()
    metrics.note_request(200, 0.1)
    return metrics.text()


def _grafana() -> Any:
    spec = importlib.util.spec_from_file_location("grafana", FOLDER / "grafana.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


EXPRESSIONS = {
    **{name: rule["expr"] for name, rule in ALERTS.items()},
    **{
        f"{panel.title}, {legend}": expression
        for panels in _grafana().ROWS.values()
        for panel in panels
        for legend, expression in panel.queries.items()
    },
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_what_is_asked_of_prometheus_is_told(name: str, told: dict[str, set[str]]) -> None:
    text = EXPRESSIONS[name]
    named = set(re.findall(r"\b(?:gerbang_\w+|up)\b(?!-)", re.sub(r'"[^"]*"', "", text)))
    assert named, text
    assert named <= {*told, *_PROMETHEUS_OWN}
    grouped = [
        label for labels in re.findall(r"by \(([^)]*)\)", text) for label in labels.split(", ")
    ]
    selected = re.findall(r"[{,]\s*(\w+)\s*(?:=|!=|=~)\s*\"", text)
    known = set().union(*(told.get(metric, set()) for metric in named)) | _OF_TARGETS
    assert {*grouped, *selected} <= known


def test_each_figure_of_a_job_is_its_own() -> None:
    async def nothing() -> dict[str, float]:
        return {}

    jobs = Jobs()
    job = jobs.add("fold_or_age", 1)
    job.passes, job.failures, job.rows, job.seconds, job.succeeded_at = 3, 2, 7, 0.5, 99.0
    health = keeper_health(jobs)
    page = _page(internal_app(health, KeeperMetrics(jobs, health, FIGURES, nothing).page))
    found = dict(re.findall(r'^gerbang_job_(\w+){work="fold_or_age"} (\S+)', page, re.MULTILINE))
    assert {name: float(value) for name, value in found.items()} == {
        "passes_total": 3,
        "failures_total": 2,
        "rows_total": 7,
        "last_pass_seconds": 0.5,
        "last_success_timestamp_seconds": 99,
    }
    assert all(f"\n{name} NaN\n" in page for name in FIGURES), "what nobody knows is no nought"


def test_a_fault_that_is_not_there_is_told_too(told: dict[str, set[str]]) -> None:
    page = _page(_keeper())
    for fault in Fault:
        assert f'gerbang_fault{{fault="{fault}"}} 0.0' in page


def test_each_alert_has_its_page_in_the_runbook() -> None:
    pages = dict(re.findall(r"^## (Gerbang\w+)\n\n(\w+)\.", _runbook(), re.MULTILINE))
    wanted = {name: rule["labels"]["severity"].capitalize() for name, rule in ALERTS.items()}
    assert pages == wanted


def test_a_page_of_the_runbook_is_short() -> None:
    for page in _runbook().split("\n## ")[1:]:
        assert len(page.strip().splitlines()) <= 10, page


def test_the_dashboard_is_the_one_that_is_described() -> None:
    grafana = _grafana()
    assert (FOLDER / "dashboard.json").read_text() == grafana.text()


@with_promtool
def test_each_alert_fires_for_its_own_reason() -> None:
    done = subprocess.run(
        [PROMTOOL, "test", "rules", FOLDER / "alerts_test.yml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    tried = (FOLDER / "alerts_test.yml").read_text()
    for name in ALERTS:
        assert re.search(rf"alertname: {name}\n\s+exp_alerts:\n\s+- exp_labels", tried), name


@with_promtool
def test_prometheus_takes_its_configuration() -> None:
    done = subprocess.run(
        [PROMTOOL, "check", "config", FOLDER / "prometheus.yml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def _runbook() -> str:
    return (ROOT / "docs" / "runbook.md").read_text()
