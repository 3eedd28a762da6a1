"""The upper layers once more, so that they can learn: each step knows its own way back.

A step gives what it makes of a batch, and a function that takes the loss's slope by that, notes
the slopes of the step's weights, and returns the slope by what came in.
Shapes are (lines, tokens, 384); matrices have a row for each thing that goes out, as packed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from apps.safety.transformer import FROZEN, HEADS, LAYERS, Floats, Weights

Slopes = dict[str, Floats]
Back = Callable[[Floats, Slopes], Floats]
_AWAY = np.float32(1e9)


def upper_half(rows: Floats, mask: Floats, weights: Weights) -> tuple[Floats, Back]:
    backs = []
    for number in range(FROZEN, LAYERS):
        rows, back = layer(rows, mask, weights, f"{number}.")
        backs.append(back)

    def all_back(slope: Floats, slopes: Slopes) -> Floats:
        for back in reversed(backs):
            slope = back(slope, slopes)
        return slope

    return rows, all_back


def layer(rows: Floats, mask: Floats, weights: Weights, at: str) -> tuple[Floats, Back]:
    parts = [linear(rows, weights, at + name) for name in ("ask", "know", "say")]
    (asked, _), (known, _), (said, _) = parts
    heed, heed_back = attention(asked, known, said, mask)
    told, told_back = linear(heed, weights, f"{at}told")
    middle, middle_back = normal(rows + told, weights, f"{at}told.norm")
    wide, wide_back = linear(middle, weights, f"{at}wide")
    bent, bent_back = gelu(wide)
    narrow, narrow_back = linear(bent, weights, f"{at}narrow")
    last, last_back = normal(middle + narrow, weights, f"{at}narrow.norm")

    def back(slope: Floats, slopes: Slopes) -> Floats:
        slope = last_back(slope, slopes)
        slope = slope + wide_back(bent_back(narrow_back(slope, slopes), slopes), slopes)
        slope = middle_back(slope, slopes)
        heads = heed_back(told_back(slope, slopes))
        for (_, part_back), part in zip(parts, heads, strict=True):
            slope = slope + part_back(part, slopes)
        return slope

    return last, back


def linear(rows: Floats, weights: Weights, name: str) -> tuple[Floats, Back]:
    matrix = weights[name]

    def back(slope: Floats, slopes: Slopes) -> Floats:
        flat = slope.reshape(-1, slope.shape[-1])
        slopes[name] = flat.T @ rows.reshape(-1, rows.shape[-1])
        slopes[f"{name}.shift"] = flat.sum(axis=0)
        return slope @ matrix

    return rows @ matrix.T + weights[f"{name}.shift"], back


def normal(rows: Floats, weights: Weights, name: str) -> tuple[Floats, Back]:
    rows = rows - rows.mean(axis=-1, keepdims=True)
    size = np.sqrt((rows * rows).mean(axis=-1, keepdims=True) + np.float32(1e-12))
    rows = rows / size

    def back(slope: Floats, slopes: Slopes) -> Floats:
        slopes[name] = (slope * rows).sum(axis=(0, 1))
        slopes[f"{name}.shift"] = slope.sum(axis=(0, 1))
        slope = slope * weights[name]
        along = rows * (slope * rows).mean(axis=-1, keepdims=True)
        found: Floats = (slope - slope.mean(axis=-1, keepdims=True) - along) / size
        return found

    return rows * weights[name] + weights[f"{name}.shift"], back


def gelu(x: Floats) -> tuple[Floats, Back]:
    bend, cubic = np.float32(np.sqrt(2 / np.pi)), np.float32(0.044715)
    curve = np.tanh(bend * (x + cubic * x * x * x))

    def back(slope: Floats, _: Slopes) -> Floats:
        inner = bend * (1 + 3 * cubic * x * x)
        found: Floats = slope * 0.5 * (1 + curve + x * (1 - curve * curve) * inner)
        return found

    return 0.5 * x * (1 + curve), back


def attention(
    asked: Floats, known: Floats, said: Floats, mask: Floats
) -> tuple[Floats, Callable[[Floats], tuple[Floats, Floats, Floats]]]:
    ask, know, say = (_heads(part) for part in (asked, known, said))
    scale = np.float32(1 / np.sqrt(ask.shape[-1]))
    heed = ask @ know.transpose(0, 1, 3, 2) * scale + (mask - 1)[:, None, None, :] * _AWAY
    heed = np.exp(heed - heed.max(axis=-1, keepdims=True))
    heed /= heed.sum(axis=-1, keepdims=True)

    def back(slope: Floats) -> tuple[Floats, Floats, Floats]:
        slope = _heads(slope)
        by_heed = slope @ say.transpose(0, 1, 3, 2)
        by_heed = heed * (by_heed - (by_heed * heed).sum(axis=-1, keepdims=True)) * scale
        by_ask, by_know = by_heed @ know, by_heed.transpose(0, 1, 3, 2) @ ask
        by_say = heed.transpose(0, 1, 3, 2) @ slope
        return _merged(by_ask), _merged(by_know), _merged(by_say)

    return _merged(heed @ say), back


def _heads(rows: Floats) -> Floats:
    return rows.reshape(*rows.shape[:2], HEADS, -1).transpose(0, 2, 1, 3)


def _merged(heads: Floats) -> Floats:
    return heads.transpose(0, 2, 1, 3).reshape(len(heads), heads.shape[2], -1)
