"""The sentences that all personas share, danger first of all."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from apps.personas.professional.content import ContentError, load_yaml

SHARED_LINES = Path(__file__).with_name("common.yaml")
Pool = Annotated[tuple[str, ...], Field(min_length=1)]


class Common(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    first_words: Pool
    greeting_again: Pool
    apology: Pool
    not_english: Pool
    danger_self: Pool
    danger_self_again: Pool
    danger_others: Pool
    danger_others_again: Pool
    danger_staying: Pool
    danger_denied: Pool
    danger_unanswered: Pool
    unknown_country: str

    @property
    def asked_for_yes_or_no(self) -> tuple[str, ...]:
        """The lines after which "yes" means danger."""
        return self.danger_self + self.danger_others + self.danger_unanswered

    @property
    def urgent(self) -> tuple[str, ...]:
        return self.danger_self_again + self.danger_others_again


@cache
def common() -> Common:
    try:
        return Common.model_validate(load_yaml(SHARED_LINES))
    except ValidationError as error:
        raise ContentError(SHARED_LINES.name, [str(error)]) from error
