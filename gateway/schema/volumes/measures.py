"""The fields of `VolumeRow` and their measures."""

from collections.abc import Mapping

from gateway.strawberry_bridge import to_camel_case
from models.volumes import Measure

#: Fields that are not named like their measure.
_FIELD_NAMES: Mapping[Measure, str] = {Measure.REVENUE: "revenueIdr"}

FIELDS: Mapping[Measure, str] = {
    measure: _FIELD_NAMES.get(measure, to_camel_case(measure)) for measure in Measure
}
MEASURES: Mapping[str, Measure] = {field: measure for measure, field in FIELDS.items()}
