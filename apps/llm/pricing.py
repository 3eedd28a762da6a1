"""List prices of models, from a table that is large to load."""

from __future__ import annotations

from decimal import Decimal

from genai_prices import Usage as PricedUsage
from genai_prices import calc_price

from apps.llm.client import Usage

PRICE_PLACES = Decimal("0.00000001")


def list_price(model: str, usage: Usage) -> Decimal | None:
    """In US dollars; None if the model is unknown."""
    spent = PricedUsage(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens)
    try:
        return calc_price(spent, model_ref=model).total_price.quantize(PRICE_PLACES)
    except LookupError:
        return None
