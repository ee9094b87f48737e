"""Prometheus metrics of the keeper's jobs."""

from collections.abc import Awaitable, Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from models.jobs.scheduler import Job, Jobs

#: Metrics of each job: name, help text, and how to read the value; None if there is none yet.
_GAUGES: tuple[tuple[str, str, Callable[[Job], float | None]], ...] = (
    (
        "gerbang_job_last_success_timestamp_seconds",
        "When a pass last succeeded.",
        lambda job: job.succeeded_at,
    ),
    ("gerbang_job_last_pass_seconds", "How long the last pass took.", lambda job: job.seconds),
)
_COUNTERS: tuple[tuple[str, str, Callable[[Job], float]], ...] = (
    ("gerbang_job_passes", "Passes that succeeded.", lambda job: job.passes),
    ("gerbang_job_failures", "Passes that failed.", lambda job: job.failures),
    ("gerbang_job_rows", "Rows that were folded, published, ended, forgotten.", lambda j: j.rows),
)


class KeeperMetrics(Collector):
    """The metrics of one keeper process."""

    def __init__(
        self,
        jobs: Jobs,
        health: Collector,
        figures: Mapping[str, str],
        read: Callable[[], Awaitable[Mapping[str, float]]],
    ) -> None:
        """``health`` reports faults; ``figures`` maps the names of further gauges to their help
        texts, and ``read`` returns their values at each scrape."""
        self._jobs = jobs
        self._read = read
        self._registry = CollectorRegistry()
        self._registry.register(self)
        self._registry.register(health)
        self._figures = {
            name: Gauge(name, meaning, registry=self._registry) for name, meaning in figures.items()
        }

    def collect(self) -> Iterator[Metric]:
        jobs = self._jobs.all.values()
        for name, meaning, value_of in _GAUGES:
            gauge = GaugeMetricFamily(name, meaning, labels=["work"])
            for job in jobs:
                if (value := value_of(job)) is not None:
                    gauge.add_metric([job.name], value)
            yield gauge
        for name, meaning, count_of in _COUNTERS:
            counter = CounterMetricFamily(name, meaning, labels=["work"])
            for job in jobs:
                counter.add_metric([job.name], count_of(job))
            yield counter

    async def page(self, request: Request) -> Response:
        """``GET /metrics``."""
        read = await self._read()
        for name, gauge in self._figures.items():
            gauge.set(read.get(name, float("nan")))
        return Response(
            generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )
