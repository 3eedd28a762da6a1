"""A player's answers; safety is looked at before anything else.

An answer is stored before a model reads it, so it is never lost: it waits as unread until the
interview has moved on, and the same words sent again are the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.accounts.actors import Actor
from apps.characters import content_rules, crisis, interview, serializers, services, turns
from apps.characters.extraction import offline_extract
from apps.characters.facts.model import Extractor
from apps.characters.models import Conversation, Role, Status, Turn
from apps.safety import denials
from apps.safety import services as safety
from apps.safety.detector import WINDOW, Finding, screen_safely
from apps.safety.models import SafetyEvent, Surface
from apps.safety.screening import screen_closely
from smartsteps.lib import clock, limits
from smartsteps.lib.errors import DomainError, conflict, rate_limited

MESSAGES_PER_MINUTE = "60/minute"
READING_LEASE = timedelta(seconds=20)  # then another attempt may read the same answer


class Stale(Exception):
    """The question has been answered meanwhile, or another answer to it is just being read."""


@dataclass(frozen=True)
class Accepted:
    """A stored answer. `refusal` is the kind re-prompt for one that can't be taken.

    `text` is what has to be read for it: the answer, after those that nobody could read before.
    """

    conversation: Conversation
    turn: Turn
    text: str = ""
    is_settled: bool = True
    refusal: str | None = None


@transaction.atomic
def respond(conversation_id: str, *, content: str, answering: str | None, by: Actor) -> Accepted:
    """An answer, taken and read by our own rules in one step."""
    accepted = _accept(conversation_id, content=content, answering=answering, by=by)
    if not accepted.is_settled:
        _apply(accepted.conversation, accepted, offline_extract)
    return accepted


@transaction.atomic
def accept_response(
    conversation_id: str, *, content: str, answering: str | None, by: Actor
) -> Accepted:
    """Screen and store an answer, to be read by a model. Raises DomainError 403, 404, 409, 429.

    409 if the conversation is not active, or the person's consent to AI is withdrawn.

    Raises Stale if it answers a question that is answered already, or about to be.
    """
    accepted = _accept(conversation_id, content=content, answering=answering, by=by)
    if not accepted.is_settled:
        turns.leave_unread(accepted.conversation, accepted.turn, clock.now() + READING_LEASE)
        turns.save(accepted.conversation)
    return accepted


def _accept(conversation_id: str, *, content: str, answering: str | None, by: Actor) -> Accepted:
    """A text with signs of danger is taken whatever the state and the limits say.

    One that could not be screened, too, where the interview rests and nobody else would see it.
    """
    row = services.own(conversation_id, by=by)
    finding = _screened(row, content)
    rests = _why_it_rests(row)
    if not (finding.is_crisis or (rests and finding.level == "unreviewed")):
        _check_rate(by)
        if rests:
            raise rests
        if content_rules.problem_with(content):
            return Accepted(row, Turn(), refusal=_refusal(row, content))
        if row.is_being_read or (answering and answering != row.prompt_message_id):
            raise Stale
    waiting = turns.unread(row)
    turn = _same_again(waiting, content) or _write(row, content, finding)
    is_settled = _look_after(row, turn, finding)
    if is_settled:
        turns.save(row)
    return Accepted(row, turn, joined([*waiting, turn]), is_settled)


def _write(row: Conversation, content: str, finding: Finding) -> Turn:
    return turns.write(row, Role.PLAYER, content, safety_level=finding.level)


def _same_again(waiting: Sequence[Turn], content: str) -> Turn | None:
    """What could not be read is sent once more: it was said once."""
    return next((turn for turn in waiting if turn.content == content), None)


def joined(said: Sequence[Turn]) -> str:
    """Together they answer the open question, as far back as an answer may be long."""
    text = ""
    for content in dict.fromkeys(turn.content for turn in reversed(said)):
        longer = f"{content}\n{text}" if text else content
        if len(longer) > content_rules.LONGEST_TEXT_CHARACTERS:
            break
        text = longer
    return text


def _screened(row: Conversation, content: str) -> Finding:
    """Somebody in a crisis who says no, or that they are safe now, is taken at their words.

    What came before would make "I'm safe now" a sign of danger, and they would be stuck.
    """
    is_reply = denials.wants_to_go_on(content) or denials.is_no(content)
    if is_reply and row.crisis_detected:
        return screen_safely(content)
    return screen_closely(content, before=_words_before(row, content))


def _words_before(row: Conversation, content: str) -> list[str]:
    newest = row.turns.filter(role=Role.PLAYER).order_by("-number")[:WINDOW]
    # An answer sent once more is not a second sign.
    return [turn.content for turn in reversed(newest) if turn.is_read or turn.content != content]


def _check_rate(by: Actor) -> None:
    if not settings.RATE_LIMITS.enabled:
        return
    if wait := limits.hit(MESSAGES_PER_MINUTE, "characters", by.throttle_key):
        raise rate_limited(wait)


def _why_it_rests(row: Conversation) -> DomainError | None:
    """Support in a crisis needs no consent: our own rules give it."""
    if row.status != Status.ACTIVE:
        return conflict(f"The conversation is {row.status}", conversation_id=row.pk)
    if row.crisis_detected:
        return None
    return services.consent_withdrawn(row.player, conversation_id=row.pk)


def _refusal(row: Conversation, content: str) -> str:
    outcome = interview.advance(turns.interview_state(row), content, clock.now())
    return outcome.validation_error.message if outcome.validation_error else ""


def _look_after(row: Conversation, turn: Turn, finding: Finding) -> bool:
    """Whether this answer belongs to a crisis: its questions wait, the conversation goes on."""
    is_minor = turns.interview_state(row).minor
    place = safety.Place(
        surface=Surface.CONVERSATION,
        subject_id=row.pk,
        client=getattr(row.player, "client", None),
        person=row.player,
        is_minor=is_minor,
    )
    event = safety.note_finding(finding, place=place, message_id=turn.pk, text=turn.content)
    if event is not None and finding.level == "unreviewed" and not row.crisis_detected:
        return _unreviewed(row, event)
    in_crisis = finding.is_crisis or row.crisis_detected
    is_new_place = in_crisis and crisis.learn_country(row, turn.content)
    if finding.is_crisis or is_new_place:
        crisis.show_help(row, is_minor=is_minor)
        return True
    if not in_crisis:
        return False
    if denials.wants_to_go_on(turn.content) or crisis.says_no(row, turn.content):
        row.said_safe_at = clock.now()
        state = turns.interview_state(row)
        turns.apply(row, interview.resume(state, clock.now(), after="safe_again"))
    elif crisis.wants_a_break(turn.content):
        services.pause(row)
    else:
        crisis.stay(row, is_minor=is_minor)
    return True


def _unreviewed(row: Conversation, event: SafetyEvent) -> bool:
    """Staff look at it, and help is shown once; the interview goes on, or nobody could while the
    detector fails."""
    if event.signals.count() == 1:
        crisis.show_lines(row)
    return _why_it_rests(row) is not None


@transaction.atomic
def apply_response(accepted: Accepted, *, extractor: Extractor, by: Actor) -> None:
    """Let the interview move on with an accepted answer that was read meanwhile.

    Raises Stale if it was read before, or if the conversation was paused or ended or danger came
    up while it was read; DomainError 409 if the consent to AI was withdrawn then.
    """
    row = services.own(accepted.conversation.pk, by=by)
    services.require_consent(row.player, conversation_id=row.pk)
    waits = row.turns.filter(pk=accepted.turn.pk, is_read=False).exists()
    if not waits or row.status != Status.ACTIVE or row.crisis_detected:
        raise Stale
    _apply(row, accepted, extractor)


def _apply(row: Conversation, accepted: Accepted, extractor: Extractor) -> None:
    outcome = interview.advance(
        turns.interview_state(row),
        accepted.text,
        clock.now(),
        extractor,
        (accepted.turn.safety_level,),
    )
    turns.note_read(row)
    turns.apply(row, outcome, accepted.turn)
    turns.save(row)


@transaction.atomic
def give_back(accepted: Accepted, *, by: Actor) -> bool:
    """It could not be read, and waits for being sent again; whether that may be asked for now."""
    row = services.own(accepted.conversation.pk, by=by)
    if row.reading_until is not None:
        row.reading_until = clock.now()
        turns.save(row)
    return row.status == Status.ACTIVE and not row.crisis_detected


def where_it_is(conversation_id: str, *, by: Actor) -> list[dict[str, Any]]:
    """Progress and open question as frames, for a device that was overtaken by another."""
    row = services.get_conversation(conversation_id, by=by)
    if row.crisis_detected or row.status != Status.ACTIVE:
        return []  # what there is to know was told when it came to that
    question = row.turns.get(pk=row.prompt_message_id)
    return [
        serializers.progress_update(row.pk, turns.interview_state(row)),
        serializers.assistant_turn(row, question),
    ]
