"""What a person reads when something was refused."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.services.sign_in import note_denial
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
