"""What the viewer complains of: the form, what was said, and the answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboard.components.fields import Field, FieldKind
from dashboard.components.forms import Changes
from dashboard.texts import Texts
from dashboard.texts.wording import written_instant

#: About a case of one's own, its centre, or, with neither, the directorate.
LODGING = Changes(
    "my_data",
    {
        "lodgeComplaint": (
            Field("text", FieldKind.REASON, called="complained"),
            Field(
                "applicationId",
                FieldKind.CHOICE,
                "cases",
                is_required=False,
                called="aboutApplication",
            ),
            Field("centreId", FieldKind.CHOICE, "centres", is_required=False, called="aboutCentre"),
        )
    },
)


def complain_about(cases: Sequence[Mapping[str, Any]], say: Texts) -> html.Details:
    """The form by which one complains, of one's own cases and their centres."""
    centres = [one["centre"] for one in cases if one["centre"]]
    listed = {
        "cases": {one["id"]: one["reference"] for one in cases},
        "centres": {one["id"]: one["city"] for one in centres},
    }
    return LODGING.folded("lodgeComplaint", say, listed=listed)


def list_complaints(complaints: Sequence[Mapping[str, Any]], say: Texts) -> list[html.Ul]:
    """What one complained of, and the answers; nothing where there is none."""
    return [html.Ul([html.Li(_complaint(one, say)) for one in complaints])] if complaints else []


def _complaint(one: Mapping[str, Any], say: Texts) -> list[Any]:
    about = one["application"] or one["centre"] or {}
    named = about.get("reference") or about.get("city") or say("complaints.directorate")
    lodged = say("complaints.lodged", at=written_instant(one["lodgedAt"], say))
    due = say("my_data.due", at=written_instant(one["dueAt"], say))
    text = one["text"] or {}
    line: list[Any] = [html.B(named), f" · {one['reference']} · {lodged}"]
    line += [f" · {due}"] if one["isOpen"] else []
    return [
        *line,
        *(html.P(html.Q(said)) for said in (text.get("complaint"), text.get("answer")) if said),
    ]
