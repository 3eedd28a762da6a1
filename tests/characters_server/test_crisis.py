"""A crisis pauses the questions, never the conversation, and nobody is ever stuck."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts import actors
from apps.accounts.models import User
from apps.characters import crisis, responses, services
from apps.characters.facts.countries import country_in
from apps.characters.models import Conversation, Turn
from apps.realtime.models import Event
from apps.safety import denials
from apps.safety import services as safety
from apps.safety.models import SafetyEvent
from smartsteps.lib.threads import run_sync
from tests.characters.test_interview import TERSE
from tests.characters_server.conftest import Meet
from tests.databases import takes_no_rows

DANGER = "I want to kill myself"
CARD = {"type", "conversation_id", "crisis_level", "support_message", "resources", "timestamp"}


async def _flag() -> bool:
    return await run_sync(lambda: Conversation.objects.get().crisis_detected)


async def test_in_crisis_at_stage_three(meet: Meet, dana: User) -> None:
    """The card, support that goes on, and the same question again once they say they are safe."""
    async with meet(dana, started=True) as player:
        question = await player.say(*TERSE[:4])
        assert question["stage"] == "appearance"
        await player.tell(DANGER)
        card = await player.hear()
        assert set(card) == CARD
        assert card["crisis_level"] in ("moderate", "high", "critical")
        assert all(set(line) == {"name", "contact"} for line in card["resources"])
        assert "findahelpline" in str(card["resources"])
        support = await player.hear()
        assert (support["type"], support["prompt_id"]) == ("assistant_message", "crisis_support")
        assert await _flag()
        for line in ("I don't know", "nobody listens to me anyway"):
            answer = await player.say(line)
            assert answer["prompt_id"] == "crisis_support"
        back = await player.say("I'm safe now, let's go on")
        assert back["prompt_id"] == question["prompt_id"]
        assert not await _flag()
        await player.say(*TERSE[4:])
        await player.hear("conversation_completed")
    event = await run_sync(SafetyEvent.objects.get)
    assert event.state == "opened"  # staff still look, whatever the person says


async def test_staff_closing_the_event_lets_the_questions_go_on(
    meet: Meet, dana: User, bob: User
) -> None:
    async with meet(dana, started=True) as player:
        question = await player.say("hi")
        await player.say(DANGER)
        event = await run_sync(SafetyEvent.objects.get)
        await run_sync(safety.close_event, event.pk, outcome="safe", by=actors.for_user(bob))
        assert not await _flag()
        assert (await player.act("resume"))["prompt_id"] == question["prompt_id"]


async def test_no_is_an_answer_where_little_pointed_to_danger(meet: Meet, dana: User) -> None:
    """A false alarm must not hold anybody up; a graver one wants clearer words."""
    async with meet(dana, started=True) as player:
        question = await player.say("hi")
        await player.tell("I can't go on")
        assert (await player.hear("crisis_detected"))["crisis_level"] == "moderate"
        support = await player.hear()
        assert support["follow_up_prompts"] == ["I'm safe, let's go on", "I need a break"]
        again = await player.say("no, nothing like that")
        assert again["prompt_id"] == question["prompt_id"]
        await player.say(DANGER)
        assert (await player.say("no"))["prompt_id"] == "crisis_support"


@pytest.mark.parametrize(
    ("text", "no"),
    [
        ("no", True), ("Nope!", True), ("what? no", True), ("no, I just had a bad day", True),
        ("no I'm not", True), ("no not at all", True), ("no homework", False), ("no sleep", False),
        ("no one cares", False), ("no reason to live", False), ("yes", False), ("I know", False),
    ],
)  # fmt: skip
def test_what_means_no(text: str, *, no: bool) -> None:
    assert bool(denials.NO.match(text)) is no


async def test_new_danger_after_being_safe(meet: Meet, dana: User) -> None:
    async with meet(dana, started=True) as player:
        await player.say("hi", DANGER, "I'm okay again, please continue")
        assert not await _flag()
        await player.tell("I want to kill myself tonight")
        assert (await player.hear("crisis_detected"))["crisis_level"] == "critical"
        assert await _flag()


async def test_the_country_is_asked_for_and_its_lines_are_shown(meet: Meet, dana: User) -> None:
    async with meet(dana, started=True) as player:
        support = await player.say(DANGER)
        assert "which country" in support["content"]
        await player.tell("I'm in Germany")
        card = await player.hear("crisis_detected")
        assert "116 123" in str(card["resources"]) or "0800" in str(card["resources"])
        support = await player.hear()
        assert "which country" not in support["content"]
    assert (await run_sync(Conversation.objects.get)).country == "DE"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("germany", "DE"),
        ("I live in the UK", "GB"),
        ("US", "US"),
        ("the states", "US"),
        ("New Zealand, why?", "NZ"),
        ("nobody tells us anything", None),
        ("not in france, in spain", "ES"),
        ("between france and spain", None),
    ],
)
def test_which_country_is_named(text: str, code: str | None) -> None:
    assert country_in(text) == code


@pytest.mark.parametrize("verb", ["pause", "abandon"])
async def test_danger_is_heard_in_any_state(meet: Meet, dana: User, verb: str) -> None:
    async with meet(dana, started=True) as player:
        await player.act(verb)
        await player.tell(DANGER)
        assert (await player.hear("crisis_detected"))["resources"]


async def test_another_device_sees_the_card_when_it_joins(meet: Meet, dana: User) -> None:
    async with meet(dana, started=True) as one, meet(dana) as two:
        await one.say("hi", DANGER)
        two.id = one.id
        await two.send("resume_conversation", conversation_id=two.id)
        assert (await two.hear())["type"] == "crisis_detected"


async def test_staff_hear_of_it_without_the_words(meet: Meet, dana: User) -> None:
    async with meet(dana, started=True) as player:
        await player.say(DANGER)
    told = await run_sync(Event.objects.get, topic="safety.desk")
    turn = await run_sync(Turn.objects.get, role="player")
    assert told.body["subject_id"] == player.id
    assert DANGER not in str(told.body)
    assert turn.safety_level in ("moderate", "high", "critical")


async def test_a_minor_is_shown_to_staff(meet: Meet, dana: User) -> None:
    async with meet(dana, started=True) as player:
        await player.say("hi", "Ana", "15", DANGER)
    event = await run_sync(SafetyEvent.objects.get)
    assert event.is_minor


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("I'm safe, let's go on", True),
        ("ok, continue please", True),
        ("I am feeling better", True),
        ("I’m okay now", True),
        ("I'm not safe", False),
        ("I don't feel safe", False),
        ("I can't go on", False),
        ("I don't want to go on like this", False),
        ("why should I carry on", False),
        ("I want to go on but I can't", False),
        ("I don't think I can go on", False),
        ("I'm safe now and I want to go on", True),
        ("i dont want to die i just want to continue", True),
        ("I'm not in danger", True),
        ("no", False),
        ("I'm so tired", False),
    ],
)
def test_what_means_going_on(text: str, *, wants: bool) -> None:
    assert denials.wants_to_go_on(text) is wants


def test_the_limits_do_not_silence_danger(dana_db: User) -> None:
    by = actors.for_user(dana_db)
    row = services.start_conversation(
        player_id=dana_db.pk, conversation_id="cvlimits", welcome_id="tlimits", by=by
    )
    long = DANGER + " because everything hurts." * 500
    responses.respond(row.pk, content=long, answering="tsomethingelse", by=by)
    assert SafetyEvent.objects.count() == 1


@pytest.fixture
def broken_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: Any) -> None:
        raise ValueError

    monkeypatch.setattr("apps.safety.detector._detector.screen", broken)


@pytest.mark.usefixtures("broken_detector")
async def test_a_failing_detector_is_not_safe_and_holds_nobody_up(meet: Meet, dana: User) -> None:
    async with meet(dana, started=True) as player:
        await player.tell("hi")
        card = await player.hear()
        assert (card["type"], card["crisis_level"]) == ("crisis_detected", "unreviewed")
        assert "findahelpline" in str(card["resources"])
        assert (await player.hear("assistant_message"))["prompt_id"] == "identity_name"
        await player.say(*TERSE[1:])
        await player.hear("conversation_completed")
        shown = [frame["type"] for frame in player.frames].count("crisis_detected")
        assert shown == 1
    event = await run_sync(SafetyEvent.objects.get)
    assert (event.level, await run_sync(event.signals.count)) == ("unreviewed", len(TERSE))


async def test_a_failing_detector_ends_no_crisis(
    meet: Meet, dana: User, request: pytest.FixtureRequest
) -> None:
    async with meet(dana, started=True) as player:
        await player.say("hi")
        await player.say("I can't go on")
        request.getfixturevalue("broken_detector")
        await player.tell("it hurts")
        assert await player.say("everything hurts") == player.frames[-1]
        assert await _flag()


@pytest.mark.usefixtures("broken_detector")
async def test_what_could_not_be_screened_is_looked_at_while_it_is_paused(
    meet: Meet, dana: User
) -> None:
    async with meet(dana, started=True) as player:
        await player.act("pause")
        await player.tell("I want to kill myself")
        assert (await player.hear("crisis_detected"))["crisis_level"] == "unreviewed"
    assert (await run_sync(SafetyEvent.objects.get)).level == "unreviewed"
    assert (await run_sync(Conversation.objects.get)).status == "paused"


async def test_staff_can_not_be_told(meet: Meet, dana: User, bob: User) -> None:
    """Said plainly, with the lines to call; nothing is half done, the words can be sent again."""
    async with meet(dana, started=True) as player:
        question = await player.say("hi")
        refused = takes_no_rows("safety_staffalert")
        await run_sync(refused.__enter__)
        await player.tell(DANGER)
        card, error = await player.hear(), await player.hear()
        await run_sync(refused.__exit__, None, None, None)
        assert set(card) == CARD
        assert card["resources"]
        assert (error["type"], error["error_code"]) == ("error", "CRISIS_ERROR")
        assert (error["conversation_id"], error["error_message"]) == (
            player.id,
            card["support_message"],
        )
        assert not await run_sync(SafetyEvent.objects.exists)
        assert (await player.say(DANGER))["prompt_id"] == "crisis_support"
        assert (await player.say("I'm safe, let's go on"))["prompt_id"] == question["prompt_id"]
    said = await run_sync(lambda: list(Turn.objects.filter(role="player")))
    assert [turn.content for turn in said].count(DANGER) == 1


@pytest.mark.parametrize(
    ("danger", "asks", "country", "way_on"),
    [
        ("Me quiero morir", "en qué país", "España", "Estoy a salvo, sigamos"),
        ("Je veux mourir", "dans quel pays", "en France", "Oui, je suis en sécurité"),
        ("Ich will nicht mehr leben", "in welchem Land", "Deutschland", "mir geht's besser"),
        ("Quero morrer", "em que país", "Brasil", "Estou em segurança, vamos continuar"),
    ],
)
async def test_in_the_person_s_own_language(
    meet: Meet, dana: User, danger: str, asks: str, country: str, way_on: str
) -> None:
    async with meet(dana, started=True) as player:
        question = await player.say("hi")
        support = await player.say(danger)
        assert support["prompt_id"] == "crisis_support"
        assert asks in support["content"]
        assert support["follow_up_prompts"][0] != crisis.WAYS_ON[0]
        await player.tell(country)
        assert "findahelpline" not in str((await player.hear("crisis_detected"))["resources"])
        assert asks not in (await player.hear())["content"]
        assert (await player.say(way_on))["prompt_id"] == question["prompt_id"]


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("No, estoy bien", True),
        ("no estoy bien", False),
        ("No quiero seguir", False),
        ("je ne suis pas en sécurité", False),
        ("ça va mieux, continuons", True),
        ("Nein, ich bin in Sicherheit", True),
        ("ich bin nicht sicher", False),
        ("Não, estou bem", True),
        ("não estou segura", False),
    ],
)
def test_what_means_going_on_in_other_languages(text: str, *, wants: bool) -> None:
    assert denials.wants_to_go_on(text) is wants


@pytest.mark.parametrize(
    ("text", "no"),
    [("No.", True), ("não, obrigada", True), ("non merci", True), ("no sé", False), ("nein", True)],
)
def test_what_means_no_in_other_languages(text: str, *, no: bool) -> None:
    assert denials.says_no(text, "es") is no


def test_a_break_in_other_languages() -> None:
    assert crisis.wants_a_break("Ich brauche eine Pause.")
    assert not crisis.wants_a_break("Ich brauche Hilfe")
