"""What the API's document says about `/clients`, with the examples of spec 1."""

from __future__ import annotations

from apps.clients import views
from apps.clients.serializers import ClientInput, ClientQuery, ConsentInput
from smartsteps.wire.openapi import documented, loose, operation

TAG = "Clients"
SENT = {
    "first_name": "Jane",
    "last_name": "Doe",
    "email": "jane.doe@example.com",
    "phone": "+1-234-567-8901",
    "date_of_birth": "1990-05-15",
    "metadata": {"referral_source": "Dr. Smith", "primary_concern": "Anxiety"},
}
CREATED = {
    "client_id": "c12345",
    "first_name": "Jane",
    "last_name": "Doe",
    "email": "jane.doe@example.com",
    "phone": "+1-234-567-8901",
    "date_of_birth": "1990-05-15",
    "created_at": "2025-05-11T10:40:00Z",
    "created_by": "user@example.com",
    "metadata": SENT["metadata"],
}
DETAIL = {
    **{name: value for name, value in CREATED.items() if name != "metadata"},
    "updated_at": "2025-05-11T10:40:00Z",
    "metadata": SENT["metadata"],
    "session_count": {"total": 5, "completed": 4, "scheduled": 1},
}
PAGE = {
    "clients": [
        {
            "client_id": "c12345",
            "first_name": "Jane",
            "last_name": "Doe",
            "email": "jane.doe@example.com",
            "created_at": "2025-05-11T10:40:00Z",
        }
    ],
    "pagination": {"total": 1, "page": 1, "page_size": 10, "pages": 1},
}
CONSENT = {
    "id": "co4f0c2m9x7kq1z8ab",
    "client_id": "c12345",
    "kind": "ai_processing",
    "granted": True,
    "note": "Signed on paper",
    "recorded_at": "2025-05-11T10:40:00Z",
    "recorded_by": "user@example.com",
}
ERASURE = {
    "id": "er4f0c2m9x7kq1z8ab",
    "client_id": "c12345",
    "erased_at": "2025-05-11T10:40:00Z",
    "erased_by": "user@example.com",
    "removed": {"clients.Client": 1, "therapy_sessions.Session": 5, "realtime.Event": 212},
    "usage_entries": 40,
}
BUT = loose(nullable="date_of_birth")

ClientViewSet = documented(
    views.ClientViewSet,
    list=operation(
        "List clients",
        tag=TAG,
        query=ClientQuery,
        returns=PAGE,
        description="Newest first. `search` finds beginnings of names and of e-mail addresses.",
    ),
    create=operation(
        "Create a client",
        tag=TAG,
        takes=ClientInput,
        sends=SENT,
        returns=CREATED,
        status=201,
        but=BUT,
    ),
    retrieve=operation("Get a client", tag=TAG, returns=DETAIL, but=BUT, errors=(404,)),
    partial_update=operation(
        "Change a client",
        tag=TAG,
        takes=ClientInput,
        sends={"phone": "+1-234-567-8901"},
        returns=DETAIL,
        but=BUT,
        errors=(404,),
    ),
    destroy=operation(
        "Erase a client",
        tag=TAG,
        returns=ERASURE,
        but=loose(free="removed"),
        errors=(400, 404, 409, 422),
        description=(
            "For good, with sessions, messages, notes, analyses, measures, safety events and the "
            "client's own login. For admins and the clinicians who care for the client, and not "
            "while a session runs. The answer is the receipt, which is kept: ids, times and counts."
        ),
    ),
)

ConsentViewSet = documented(
    views.ConsentViewSet,
    list=operation(
        "List a client's consents",
        tag=TAG,
        returns={"consents": [CONSENT]},
        errors=(404,),
        description="A ledger, newest first: the newest of a kind is what holds.",
    ),
    create=operation(
        "Record a consent",
        tag=TAG,
        takes=ConsentInput,
        sends={"kind": "ai_processing", "granted": True, "note": "Signed on paper"},
        returns=CONSENT,
        status=201,
        errors=(404,),
        description="Adds to the ledger; `granted: false` withdraws.",
    ),
)
