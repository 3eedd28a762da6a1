"""Learns all readers' weights anew after the tuned corpus or the rules have changed."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand

from apps.safety import sentence_reader
from apps.safety.detector import Detector, meaning, second_reader
from apps.safety.training import fit, fit_meaning, fit_sentences, read_tuned


class Command(BaseCommand):
    help = "Fits the crisis detector's readers to the tuned corpus, never to the held-out one."

    def handle(self, *args: Any, **options: Any) -> None:
        examples = read_tuned()
        detector = Detector()
        page = fit(examples, detector)
        lines = json.dumps(page, separators=(",", ":")).replace("],", "],\n")
        second_reader.WEIGHTS.write_text(lines + "\n", "utf-8")
        weights = fit_meaning(examples, detector, meaning.WordVectors())
        halves: dict[str, Any] = {name: full.astype(np.float16) for name, full in weights.items()}
        np.savez_compressed(meaning.WEIGHTS, **halves)
        known = fit_sentences(examples, sentence_reader.LINES)
        self.stdout.write(f"{len(page['stems'])} stems, {len(page['weights'])} weights")
        self.stdout.write(f"{known} lines known by heart")
