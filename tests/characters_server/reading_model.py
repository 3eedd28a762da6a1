"""A model for the stub server that reads answers as well as our own rules do."""

from __future__ import annotations

import json
import re
from datetime import date

from apps.characters.extraction import Context, offline_extract
from tests.stubs.openai_stub import Exchange, Step, answer

ASKED = re.compile(r"open asked for: (.+)")
TODAY = re.compile(r"Today is (\S+)\.")
TEXT = re.compile(r"<<<ANSWER\n(.*)\nANSWER>>>", re.DOTALL)


def _facts(exchange: Exchange) -> str:
    asked, today, text = (pattern.findall(exchange.prompt)[-1] for pattern in (ASKED, TODAY, TEXT))
    context = Context(None if asked.startswith("nothing") else asked, date.fromisoformat(today))
    found = offline_extract(text, context)
    facts = [{"field": one.field, "value": one.value, "quote": one.quote} for one in found]
    return json.dumps({"facts": facts})


def reading() -> Step:
    return answer(_facts)
