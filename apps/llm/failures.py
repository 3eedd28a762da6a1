"""Every way a provider's call can fail, as one typed error."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Mapping

import httpx2
import openai

from apps.llm.client import ErrorCode, ProviderError

# What a call may raise besides ProviderError; httpx2's own errors escape the SDK mid-stream.
CALL_ERRORS = (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, TimeoutError)


def error_from(error: Exception) -> ProviderError:
    if isinstance(error, openai.APIStatusError):
        return _from_status(error)
    if isinstance(error, TimeoutError | openai.APITimeoutError | httpx2.TimeoutException):
        message = "The provider did not answer in time"
        return ProviderError("provider_timeout", message, retryable=True)
    message = "The provider could not be reached, or cut the connection"
    return ProviderError("provider_unavailable", message, retryable=True)


def _from_status(error: openai.APIStatusError) -> ProviderError:
    code, retryable = _meaning(error)
    return ProviderError(
        code,
        f"The provider answered {error.status_code}",
        retryable=retryable,
        retry_after_s=retry_after_s(error.response.headers),
    )


def _meaning(error: openai.APIStatusError) -> tuple[ErrorCode, bool]:
    status = error.status_code
    if status == 429:
        # An empty account is told as 429 too, but waiting does not fill it.
        return "provider_rate_limited", error.code != "insufficient_quota"
    if status == 408:
        return "provider_timeout", True
    if status >= 500 or status == 409:
        return "provider_unavailable", True
    return "provider_refused", False


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds from `Retry-After-Ms` or `Retry-After` (a number or an HTTP date), else None."""
    for name, divisor in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            return max(0.0, float(headers.get(name, "")) / divisor)
        except ValueError:
            continue
    try:
        moment = email.utils.parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - time.time())
