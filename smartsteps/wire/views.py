"""The base of every REST view: it names a dialect, and errors come out in that dialect."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.response import Response
from rest_framework.views import APIView

from smartsteps.lib.logs import request_id
from smartsteps.wire.dialects import Dialect, for_path
from smartsteps.wire.json import dumps
from smartsteps.wire.problem import Problem, of_status, problem_from


class DialectView(APIView):
    dialect: ClassVar[Dialect]

    def get_exception_handler(self) -> Any:
        return self._problem_response

    def _problem_response(self, error: Exception, context: dict[str, Any]) -> Response:
        problem = problem_from(error)
        body = self.dialect.render(problem, request_id.get())
        response = Response(body, status=self.dialect.status(problem), headers=problem.headers)
        scheme = self.get_authenticate_header(self.request)
        if response.status_code == 401 and scheme:
            response["WWW-Authenticate"] = scheme
        return response


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A problem born outside a view: the dialect of the path, or a page for a person."""
    dialect = for_path(request.path)
    if dialect is None:
        context = {"problem": problem, "request_id": request_id.get()}
        return render(request, "problem.html", context, status=problem.status)
    body = dumps(dialect.render(problem, request_id.get()))
    status = dialect.status(problem)
    return HttpResponse(body, status=status, content_type="application/json")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_page(request, of_status(400, "The request could not be read"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_page(request, of_status(403, "You may not do this"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_page(request, of_status(404, "Resource not found"))


def server_error(request: HttpRequest) -> HttpResponse:
    return problem_page(request, of_status(500, "Internal server error"))


def too_large(request: HttpRequest) -> HttpResponse:
    return problem_page(request, of_status(413, "The request is too large"))
