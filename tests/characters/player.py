"""A scripted player: says lines to the interview and keeps the transcript."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from apps.characters import interview
from apps.characters.interview import InterviewState, Outcome
from apps.characters.stages import PROMPTS

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass
class Player:
    seed: str = "conversation"
    outcomes: list[Outcome] = field(default_factory=list)
    transcript: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._note(interview.start(self.seed, NOW))

    @property
    def last(self) -> Outcome:
        return self.outcomes[-1]

    @property
    def state(self) -> InterviewState:
        return self.last.state

    @property
    def said(self) -> str:
        error = self.last.validation_error
        return error.message if error else self.last.messages[0].content

    def say(self, *texts: str, flags: Iterable[str] = ()) -> Outcome:
        for text in texts:
            stored = InterviewState.from_dict(json.loads(json.dumps(self.state.to_dict())))
            assert stored == self.state
            self.transcript.append(f"    > {text}")
            self._note(interview.advance(stored, text, NOW, flags=tuple(flags)))
        return self.last

    def value(self, name: str) -> object:
        return interview.collected_data(self.state).get(name)

    def _note(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        mark = " !" if outcome.validation_error else ""
        self.transcript.append(f"[{outcome.state.stage}{mark}] {self.said}")


TERSE = """\
hi
Ana
34
woman
brown hair, kind of tall
grew up in Leeds
family, honesty
my sister
yes
anxiety
sleep better
gentle
drawing
6
yes""".splitlines()
# An answer that settles the open question, by prompt_id.
ANSWER = dict(
    zip((prompt for prompt in PROMPTS if prompt != "completion_done"), TERSE, strict=True)
)
OPEN_PROMPTS = list(ANSWER)


def at(prompt_id: str) -> Player:
    """A player who has just been asked this question."""
    player = Player()
    for prompt in OPEN_PROMPTS[: OPEN_PROMPTS.index(prompt_id)]:
        player.say(ANSWER[prompt])
    assert player.state.prompt == prompt_id
    return player


if __name__ == "__main__":
    player = Player(sys.argv[1] if len(sys.argv) > 1 else "conversation")
    player.say(*sys.stdin.read().splitlines())
    sys.stdout.write("\n".join(player.transcript) + "\n")
