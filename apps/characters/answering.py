"""One answer from receipt to the next question; only reading it may need a model."""

from __future__ import annotations

from apps.accounts.actors import Actor
from apps.characters import services
from apps.characters.extraction import offline_extract
from apps.characters.models import Conversation
from smartsteps.lib.threads import run_sync


async def answer(
    conversation_id: str, *, content: str, answering: str | None, by: Actor
) -> tuple[Conversation, str | None]:
    """The conversation, and the kind re-prompt if the answer can't be taken.

    Raises DomainError and services.Stale. The safety screen runs first and needs no network.
    """
    accepted = await run_sync(
        services.accept_response,
        conversation_id,
        content=content,
        answering=answering,
        by=by,
    )
    if accepted.refusal is not None or accepted.in_crisis:
        return accepted.conversation, accepted.refusal
    row = await run_sync(
        services.apply_response, accepted, extractor=offline_extract, by=by
    )
    return row, None
