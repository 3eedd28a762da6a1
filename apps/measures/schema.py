"""What the API's document says about questionnaires."""

from __future__ import annotations

from apps.measures import views
from apps.measures.serializers import MeasureInput, instruments_body
from smartsteps.wire.openapi import documented, loose, operation

TAG = "Measures"
SENT = {"instrument": "gad7", "answers": [2, 2, 1, 3, 1, 0, 1], "taken_at": "2025-05-10T14:00:00Z"}
MEASURE = {
    "measure_id": "me4f0c2m9x7kq1z8ab",
    "client_id": "c12345",
    "session_id": "s67890",
    "instrument": "gad7",
    "answers": SENT["answers"],
    "total": 10,
    "band": "moderate",
    "taken_at": "2025-05-10T14:00:00Z",
    "source": "staff",
    "entered_by": "user@example.com",
}
RECEIPT = {
    "measure_id": "me4f0c2m9x7kq1z8ab",
    "instrument": "gad7",
    "is_complete": True,
    "taken_at": "2025-05-10T14:00:00Z",
    "support": "Thank you for answering so openly…",
}
BUT = loose(nullable="session_id total band support")

InstrumentViewSet = documented(
    views.InstrumentViewSet,
    list=operation(
        "List questionnaires",
        tag=TAG,
        returns=instruments_body(),
        description="Items, answer scale, bands and their sources. A band is not a diagnosis.",
    ),
)

MeasureViewSet = documented(
    views.MeasureViewSet,
    list=operation(
        "List a client's measures",
        tag=TAG,
        returns={"measures": [MEASURE]},
        but=BUT,
        errors=(404,),
        description="Newest first.",
    ),
    create=operation(
        "Enter a measure",
        tag=TAG,
        takes=MeasureInput,
        sends=SENT,
        returns=MEASURE,
        status=201,
        but=BUT,
        errors=(404,),
        description="One answer for each item, null where it was left open. `total` and `band` are "
        "null unless every item is answered. An alarming answer (PHQ-9, item 9) opens a safety "
        "event.",
    ),
)
