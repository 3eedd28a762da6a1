"""One answer from receipt to the next question; only reading it may need a model."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from apps.accounts.actors import Actor
from apps.characters import responses, turns
from apps.characters.facts.model import Context, Extractor
from apps.characters.model_path import EXTRACT_SCHEMA, PROMPTS_DIR, extract_slots, model_extractor
from apps.characters.responses import Accepted, Stale
from apps.characters.stages import PROMPTS
from apps.llm import services as llm
from apps.llm.client import ProviderError
from apps.llm.offline import OFFLINE
from apps.llm.task import AITask
from smartsteps.lib import clock
from smartsteps.lib.errors import DomainError, unavailable
from smartsteps.lib.threads import run_sync

TRY_AGAIN = "I could not read that just now. Please send it again."


def _no_facts(context: Any) -> dict[str, list[Any]]:
    """Offline the interview reads for itself, without this task."""
    return {"facts": []}


FACTS = AITask(
    name="character_facts",
    template=PROMPTS_DIR / "extract.md",
    offline=_no_facts,
    schema=EXTRACT_SCHEMA,
    temperature=0,
    max_tokens=800,
)


async def take(conversation_id: str, *, content: str, answering: str | None, by: Actor) -> Accepted:
    """Screened and stored, and offline also read. Raises DomainError and Stale.

    Needs no network, so that words of danger are heard at once, whatever becomes of the model.
    """
    taking = responses.respond if _is_offline() else responses.accept_response
    return await run_sync(taking, conversation_id, content=content, answering=answering, by=by)


def has_to_be_read(accepted: Accepted) -> bool:
    return not (accepted.is_settled or _is_offline())


def _is_offline() -> bool:
    return bool(settings.LLM_PROVIDER == OFFLINE)


async def read(accepted: Accepted, *, by: Actor) -> None:
    """Let a model find the facts, and the interview move on. Raises DomainError and Stale.

    If it fails, nothing has moved and the answer is kept: the same words sent again are the same
    answer.
    """
    try:
        extractor = await _extractor(accepted, by)
        await run_sync(responses.apply_response, accepted, extractor=extractor, by=by)
    except (Stale, DomainError):
        await run_sync(responses.give_back, accepted, by=by)
        raise
    except ProviderError as error:
        if await run_sync(responses.give_back, accepted, by=by):
            raise unavailable(TRY_AGAIN) from error
        raise Stale from error


async def _extractor(accepted: Accepted, by: Actor) -> Extractor:
    row = accepted.conversation
    prompt = PROMPTS[turns.interview_state(row).prompt]
    slots = extract_slots(accepted.text, Context(prompt.asks, clock.now().date()))
    result = await llm.run(FACTS, slots, subject=row.pk, by_label=by.label)
    return model_extractor(result.value)
