"""Learns the second reader's weights anew after the tuned corpus or the rules have changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.safety.detector import Detector
from apps.safety.detector.second_reader import WEIGHTS
from apps.safety.evaluation import read_examples
from apps.safety.training import fit

TUNED = Path(__file__).parents[2] / "corpus" / "tuned.jsonl"


class Command(BaseCommand):
    help = "Fits the crisis detector's second reader to the tuned corpus, never the held-out one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", type=Path, default=WEIGHTS)

    def handle(self, *args: Any, **options: Any) -> None:
        with TUNED.open(encoding="utf-8") as stream:
            page = fit(read_examples(stream), Detector())
        lines = json.dumps(page, separators=(",", ":")).replace("],", "],\n")
        options["output"].write_text(lines + "\n", "utf-8")
        self.stdout.write(f"{len(page['stems'])} stems, {len(page['weights'])} weights")
