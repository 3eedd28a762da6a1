"""`/api/v1/sessions…` (spec 1, Session Endpoints)."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import scopes
from apps.accounts.actors import Actor
from apps.accounts.serializers import token_body
from apps.accounts.views_base import BearerViewSet
from apps.measures import services as measures
from apps.measures.serializers import OwnMeasureInput, receipt_body
from apps.sessions import listing, services
from apps.sessions.serializers import (
    DEFAULT_DURATION_MINUTES,
    MessageInput,
    MessageQuery,
    NoteInput,
    SessionInput,
    SessionPatchInput,
    SessionQuery,
    client_message_id,
    message_body,
    note_body,
    session_created,
    session_detail,
    session_state,
)
from smartsteps.lib.batch import Query


class SessionViewSet(BearerViewSet):
    scopes: ClassVar[dict[str, str]] = {
        "list": scopes.SESSIONS_READ,
        "create": scopes.SESSIONS_WRITE,
        "retrieve": scopes.SESSIONS_READ,
        "partial_update": scopes.SESSIONS_WRITE,
        "start": scopes.SESSIONS_WRITE,
        "end": scopes.SESSIONS_WRITE,
        "cancel": scopes.SESSIONS_WRITE,
        "join_token": scopes.SESSIONS_READ,
    }

    def first_query(self, actor: Actor) -> Query | None:
        return self._page(actor) if self.action == "list" else None

    def _page(self, actor: Actor) -> Query:
        return listing.query(
            by=actor,
            client_id=self._asked.get("client_id"),
            statuses=self._asked.get("status"),
            page=self._asked["page"],
            limit=self._asked["limit"],
        )

    @cached_property
    def _asked(self) -> dict[str, Any]:
        return self.query(SessionQuery)

    def list(self, request: Request) -> HttpResponse:
        rows = self.ahead.rows_of(self._page(self.actor))
        body = listing.body(rows, page=self._asked["page"], limit=self._asked["limit"])
        return HttpResponse(body, content_type="application/json")  # it needs no renderer

    def create(self, request: Request) -> Response:
        data = {"duration_minutes": DEFAULT_DURATION_MINUTES, **self.parsed(SessionInput)}
        session = services.create_session(**data, by=self.actor)
        return Response(session_created(session), status=201)

    def retrieve(self, request: Request, session_id: str) -> Response:
        session = services.get_session(session_id, by=self.actor)
        return Response(session_detail(session, to=self.actor))

    def partial_update(self, request: Request, session_id: str) -> Response:
        changes = self.parsed(SessionPatchInput, partial=True)
        session = services.update_session(session_id, changes=changes, by=self.actor)
        return Response(session_detail(session, to=self.actor))

    def start(self, request: Request, session_id: str) -> Response:
        self.no_body()
        return Response(session_state(services.start_session(session_id, by=self.actor)))

    def end(self, request: Request, session_id: str) -> Response:
        self.no_body()
        return Response(session_state(services.end_session(session_id, by=self.actor)))

    def cancel(self, request: Request, session_id: str) -> Response:
        self.no_body()
        return Response(session_state(services.cancel_session(session_id, by=self.actor)))

    def join_token(self, request: Request, session_id: str) -> Response:
        self.no_body()
        issued = services.issue_join_token(session_id, by=self.actor)
        return Response({**token_body(issued), "session_id": session_id}, status=201)


class MessageViewSet(BearerViewSet):
    scopes: ClassVar[dict[str, str]] = {
        "list": scopes.SESSIONS_READ,
        "create": scopes.MESSAGES_WRITE,
    }

    def list(self, request: Request, session_id: str) -> Response:
        query = self.query(MessageQuery)
        messages, more = services.list_messages(session_id, **query, by=self.actor)
        bodies = [message_body(message) for message in messages]
        return Response({"messages": bodies, "has_more": more})

    def create(self, request: Request, session_id: str) -> Response:
        data = self.parsed(MessageInput)
        metadata = data.pop("metadata", {})
        message, new = services.send_message(
            session_id,
            **data,
            metadata=metadata,
            client_message_id=client_message_id(metadata),
            by=self.actor,
        )
        return Response(message_body(message), status=201 if new else 200)


class MeasureViewSet(BearerViewSet):
    """Not in spec 1: what the client fills in, in the room."""

    scopes: ClassVar[dict[str, str]] = {"create": scopes.MESSAGES_WRITE}

    def create(self, request: Request, session_id: str) -> Response:
        data = self.parsed(OwnMeasureInput)
        measure = services.fill_in_measure(session_id, **data, by=self.actor)
        return Response(receipt_body(measure, measures.support_after(measure)), status=201)


class NoteViewSet(BearerViewSet):
    scopes: ClassVar[dict[str, str]] = {"list": scopes.NOTES_READ, "create": scopes.NOTES_WRITE}

    def list(self, request: Request, session_id: str) -> Response:
        session = services.get_session(session_id, by=self.actor)
        return Response({"notes": [note_body(note) for note in session.notes.all()]})

    def create(self, request: Request, session_id: str) -> Response:
        note = services.add_note(session_id, **self.parsed(NoteInput), by=self.actor)
        return Response(note_body(note), status=201)
