"""Middleware: how long a session lasts, what it may see before its password is changed, and what
a page may load.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from accounts.services.sign_in import note_sign_out

GetResponse = Callable[[HttpRequest], HttpResponse]

#: Pages that ask by themselves, without anybody at the keyboard.
QUIET_VIEWS = frozenset({"accounts:job-progress"})
#: What an account whose password is due may still reach.
PASSWORD_VIEWS = frozenset(
    {
        "accounts:password-change",
        "accounts:session-create",
        "accounts:session-delete",
        "accounts:type-size",
        "health",
    }
)
#: The session is written at most this often to note activity.
NOTE_SECONDS = 10
#: The office's theme computes with Alpine (eval) and carries style attributes; members' pages
#: and the sign-in page do not.
DESK_POLICY = {
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
}


class SessionLimitsMiddleware:
    """Ends a session left alone, or eight hours old; nothing an account sees is kept by caches."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        if request.user.is_authenticated:
            self._end_if_over(request, now)
        signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if signed_in and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        if request.user.is_authenticated and not is_quiet(request):
            note_activity(request, now)
        return response

    def _end_if_over(self, request: HttpRequest, now: datetime) -> None:
        session = request.session
        if "signed_in_at" not in session:
            session["signed_in_at"] = now.timestamp()
        minutes = idle_minutes(request.user)
        idle = now.timestamp() - session.get("seen_at", now.timestamp())
        age = now.timestamp() - session["signed_in_at"]
        if idle <= minutes * 60 and age <= settings.SESSION_COOKIE_AGE:
            return
        reason = f"{minutes}分钟没有操作" if idle > minutes * 60 else "登录已满8小时"
        note_sign_out(user=request.user, at=now, reason=reason)
        logout(request)
        messages.info(request, f"{reason}，为保护资料已自动退出，请重新登录。")


def idle_minutes(user: Any) -> int:
    return settings.STAFF_IDLE_MINUTES if user.is_staff else settings.MEMBER_IDLE_MINUTES


def is_quiet(request: HttpRequest) -> bool:
    """One of the pages named above, or a view class that says so of itself (`asks_by_itself`)."""
    match = request.resolver_match
    if match is None:
        return False
    view = getattr(match.func, "view_class", None)
    return match.view_name in QUIET_VIEWS or getattr(view, "asks_by_itself", False)


def note_activity(request: HttpRequest, now: datetime) -> None:
    """Only in a browser's session: a program's key has its own end."""
    if SESSION_KEY not in request.session:
        return
    if now.timestamp() - request.session.get("seen_at", 0) >= NOTE_SECONDS:
        request.session["seen_at"] = now.timestamp()


class PasswordDueMiddleware:
    """Until an initial or outlived password is changed, every page leads to changing it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or request.resolver_match.view_name in PASSWORD_VIEWS:
            return None
        if user.password_is_due(timezone.now()):
            return HttpResponseRedirect(reverse("accounts:password-change"))
        return None


class DeskPolicyMiddleware:
    """Loosens the content security policy for the office's theme, and only there."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and request.user.is_staff:
            response._csp_replace = DESK_POLICY
        return response
