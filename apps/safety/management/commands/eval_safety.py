"""How well the screening does on a file of labelled lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.safety.detector import screen_safely
from apps.safety.evaluation import (
    BadLine,
    Outcome,
    Report,
    Share,
    as_json,
    evaluate,
    read_examples,
)
from apps.safety.screening import screen_closely


class Command(BaseCommand):
    help = "Measures the screening for danger on a file of {text, label} lines."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="JSON lines with text and label")
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument(
            "--detector-only", action="store_true", help="without the reader of sentences"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open(encoding="utf-8") as stream:
                screen = screen_safely if options["detector_only"] else screen_closely
                report, outcomes = evaluate(read_examples(stream), screen)
        except (OSError, BadLine) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(as_json(report, outcomes), ensure_ascii=False))
            return
        for outcome in outcomes:
            self.stdout.write(_line(outcome))
        self.stdout.write(_summary(report))


def _line(outcome: Outcome) -> str:
    example, finding = outcome.example, outcome.finding
    mark = " " if outcome.detected == example.is_crisis else "!"
    why = f"[{finding.category}: {finding.reason}]" if finding.level != "none" else ""
    return f"{mark} {example.label:>8} -> {finding.level:<10} {example.id} {example.text} {why}"


def _summary(report: Report) -> str:
    rows = [
        f"{report.lines} lines",
        f"recall, high and critical: {_percent(report.recall_high_critical)}",
        f"recall, moderate and up: {_percent(report.recall_crisis)}",
        f"false alarms on hard negatives: {_percent(report.false_alarms)}",
    ]
    for level, recall in report.recall.items():
        precision = _percent(report.precision[level])
        rows.append(f"{level:>10}: recall {_percent(recall)}, precision {precision}")
    return "\n".join(rows)


def _percent(share: Share) -> str:
    return "n/a" if share.value is None else f"{share.value:.1%} ({share.hits}/{share.of})"
