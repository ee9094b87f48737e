"""The fields of `VolumeRow` and their measures."""

from collections.abc import Mapping

from gateway.strawberry_bridge import to_camel_case
from models.volumes import Measure

FIELDS: Mapping[Measure, str] = {measure: to_camel_case(measure) for measure in Measure}
MEASURES: Mapping[str, Measure] = {field: measure for measure, field in FIELDS.items()}
