"""Log lines as JSON objects that carry the request's id and never a client's words."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import orjson

request_id: ContextVar[str] = ContextVar("request_id", default="")


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["trace"] = self._trace(record)
        return orjson.dumps(line, default=str).decode()

    def _trace(self, record: logging.LogRecord) -> list[str]:
        """Where it broke and the exception's type; its text may quote a client and stays out."""
        kind, _, trace = record.exc_info or (None, None, None)
        lines = []
        while trace is not None:
            code = trace.tb_frame.f_code
            lines.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        return [*lines, kind.__name__ if kind else ""]
