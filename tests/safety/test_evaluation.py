from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.safety.evaluation import BadLine, evaluate, read_examples

LINES = """\
{"text": "I want to kill myself tonight", "label": "critical"}
{"text": "I had porridge", "label": "none"}

{"text": "This homework is killing me", "label": "none", "hard_negative": true}
{"text": "Blue is my favourite colour", "label": "high"}
"""


def test_it_counts() -> None:
    report, outcomes = evaluate(read_examples(StringIO(LINES)))
    assert report.lines == 4
    assert (report.recall_high_critical.hits, report.recall_high_critical.of) == (1, 2)
    assert report.false_alarms.value == 0
    assert report.recall["critical"].value == 1
    assert report.recall["moderate"].value is None
    assert [o.detected for o in outcomes] == [True, False, False, False]


@pytest.mark.parametrize(
    "line", ["nonsense", '{"text": "x"}', '{"text": "x", "label": "grave"}', "[]", '"x"']
)
def test_bad_lines_are_named(line: str) -> None:
    with pytest.raises(BadLine, match="line 2"):
        [*read_examples(StringIO('{"text": "x", "label": "none"}\n' + line))]


def test_earlier_turns_count() -> None:
    line = json.dumps({"text": "tonight", "label": "critical", "before": ["i will kill myself"]})
    report, _ = evaluate(read_examples(StringIO(line)))
    assert report.recall_high_critical.value == 1


def test_command_prints_a_table(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(LINES)
    out = StringIO()
    call_command("eval_safety", str(path), stdout=out)
    assert "recall, high and critical: 50.0% (1/2)" in out.getvalue()
    assert "!     high -> none" in out.getvalue()


def test_command_prints_json(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(LINES)
    out = StringIO()
    call_command("eval_safety", str(path), "--json", stdout=out)
    body = json.loads(out.getvalue())
    assert body["recall_crisis"] == {"value": 0.5, "hits": 1, "of": 2}
    assert body["results"][0]["finding"]["level"] == "critical"


def test_command_names_a_missing_file() -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("eval_safety", "nowhere.jsonl")
