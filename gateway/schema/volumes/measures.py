"""Which measure each field of a row of volumes tells."""

from collections.abc import Mapping

from strawberry.utils.str_converters import to_camel_case

from models.volumes import Measure

#: The fields that say their unit.
_NAMED: Mapping[Measure, str] = {Measure.REVENUE: "revenueIdr"}

FIELDS: Mapping[Measure, str] = {
    measure: _NAMED.get(measure, to_camel_case(measure)) for measure in Measure
}
MEASURES: Mapping[str, Measure] = {field: measure for measure, field in FIELDS.items()}
