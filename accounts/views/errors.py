"""What a person reads when something was refused."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.services.sign_in import note_denial
from core.refusals import RefusalError
from core.requests import current_trace


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the roles of the account do not cover the page; this is written down."""
    note_denial(actor=request.user, at=timezone.now(), path=request.path, method=request.method)
    return render(request, "accounts/error_denied.html", status=403)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a missing or foreign CSRF token."""
    note_denial(actor=request.user, at=timezone.now(), path=request.path, method=request.method)
    return render(request, "accounts/error_form_expired.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "accounts/error_not_found.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a number to report, and nothing of the inside."""
    reference = current_trace().request_id[:8]
    return render(
        request=None,
        template_name="accounts/error_server.html",
        context={"reference": reference},
        status=500,
    )


class RefusalMiddleware:
    """A refusal that no view of its own tells about is told on a page of its own (409)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, RefusalError):
            return None
        context = {"message": str(error), "back": request.path}
        return render(request, "accounts/error_refused.html", context, status=409)
