"""The one fact that this app tells."""

from __future__ import annotations

from apps.analysis.models import Analysis
from apps.realtime import services as realtime
from apps.realtime.models import Audience


def session_summarized(analysis: Analysis) -> None:
    """Not in spec 1, for staff only and thin: that there is something to read now.

    In the transaction that stores the analysis; here belongs whatever else is to hear of it.
    """
    session = analysis.session
    realtime.publish(
        topic=session.topic,
        type="session_summarized",
        body={"session_id": session.pk, "version": analysis.version},
        audience=Audience.STAFF,
    )
