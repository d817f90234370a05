"""Metric: numbers of this moment in the words of Prometheus; they name nobody."""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector


class _Gauges(Collector):
    def __init__(self, values: Mapping[str, float]) -> None:
        self._values = values

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Return each value as a gauge."""
        for name, value in self._values.items():
            yield GaugeMetricFamily(f"compagnon_{name}", name.replace("_", " "), value=value)


def exposition(values: Mapping[str, float]) -> bytes:
    """Return ``values`` by their names in the text format of Prometheus (version 0.0.4)."""
    registry = CollectorRegistry()
    registry.register(_Gauges(values))
    return generate_latest(registry)
