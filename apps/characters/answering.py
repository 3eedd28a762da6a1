"""One answer from receipt to the next question; only reading it may need a model."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from apps.accounts.actors import Actor
from apps.characters import services, turns
from apps.characters.facts.model import Context, Extractor
from apps.characters.model_path import EXTRACT_SCHEMA, PROMPTS_DIR, extract_slots, model_extractor
from apps.characters.stages import PROMPTS
from apps.llm import services as llm
from apps.llm.client import ProviderError
from apps.llm.offline import OFFLINE
from apps.llm.task import AITask
from smartsteps.lib import clock
from smartsteps.lib.errors import unavailable
from smartsteps.lib.threads import run_sync


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


async def answer(
    conversation_id: str, *, content: str, answering: str | None, by: Actor
) -> str | None:
    """The kind re-prompt if the answer can't be taken. Raises DomainError and services.Stale.

    The safety screen runs first and needs no network; if the model fails, nothing has moved.
    """
    given: dict[str, Any] = {"content": content, "answering": answering, "by": by}
    if settings.LLM_PROVIDER == OFFLINE:
        return (await run_sync(services.respond, conversation_id, **given)).refusal
    accepted = await run_sync(services.accept_response, conversation_id, **given)
    if not accepted.is_settled:
        extractor = await _read(accepted, by)
        await run_sync(services.apply_response, accepted, extractor=extractor, by=by)
    return accepted.refusal


async def _read(accepted: services.Accepted, by: Actor) -> Extractor:
    row = accepted.conversation
    prompt = PROMPTS[turns.interview_state(row).prompt]
    slots = extract_slots(accepted.turn.content, Context(prompt.asks, clock.now().date()))
    try:
        result = await llm.run(FACTS, slots, subject=row.pk, by_label=by.label)
    except ProviderError as error:
        raise unavailable("I could not read that just now. Please send it again.") from error
    return model_extractor(result.value)
