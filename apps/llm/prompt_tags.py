"""The template tag that fences off words we did not write.

`{% untrusted "transcript" %}…{% enduntrusted %}` puts its content between two marks that the
writers of the content cannot guess, so they cannot close the fence and go on as the prompt.
"""

from __future__ import annotations

import hashlib
import hmac

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context

register = template.Library()


class UntrustedNode(template.Node):
    def __init__(self, label: FilterExpression, content: NodeList) -> None:
        self.label = label
        self.content = content

    def render(self, context: Context) -> str:
        label, content = self.label.resolve(context), self.content.render(context).strip()
        mark = f"{label} {fence(content)}"
        return f"<<<{mark}\n{content}\n{mark}>>>"


def fence(content: str) -> str:
    """The same for the same content, so that a prompt's hash is stable."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, b"prompt fence" + content.encode(), hashlib.sha256).hexdigest()[:16]


@register.tag
def untrusted(parser: Parser, token: Token) -> UntrustedNode:
    _, label = token.split_contents()
    content = parser.parse(("enduntrusted",))
    parser.delete_first_token()
    return UntrustedNode(parser.compile_filter(label), content)
