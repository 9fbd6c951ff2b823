"""Coming in, going out, changing one's password."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.auth.views import RedirectURLMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from accounts.forms import PasswordChangeForm, SignInForm
from accounts.models import User
from accounts.services.passwords import (
    TooManyGuessesError,
    WrongPasswordError,
    change_password,
)
from accounts.services.sign_in import (
    SignInLockedError,
    SignInRefusedError,
    check_credentials,
    note_sign_in,
    note_sign_out,
)
from accounts.views.entrance import SignedIn


def desk_of(user: User) -> str:
    """The page where a person's work begins."""
    return reverse("admin:index") if user.is_staff else resolve_url(settings.LOGIN_REDIRECT_URL)


@method_decorator([sensitive_post_parameters(), csrf_protect, never_cache], name="dispatch")
class SignInView(RedirectURLMixin, FormView):
    template_name = "accounts/session_create.html"
    form_class = SignInForm
    next_page = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if request.method == "GET" and user.is_authenticated:
            # The office sends those without a desk here; sent back, they would go round for ever.
            return HttpResponseRedirect(self.get_success_url() if user.is_staff else desk_of(user))
        return super().dispatch(request, *args, **kwargs)

    def get_default_redirect_url(self) -> str:
        return desk_of(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next=self.get_redirect_url(), **kwargs)

    def form_valid(self, form: SignInForm) -> HttpResponse:
        now = timezone.now()
        try:
            user = check_credentials(request=self.request, at=now, **form.cleaned_data)
        except SignInRefusedError as refusal:
            form.add_error(None, str(refusal))
            status = 429 if isinstance(refusal, SignInLockedError) else 200
            return self.render_to_response(self.get_context_data(form=form), status=status)
        login(self.request, user, backend="django.contrib.auth.backends.ModelBackend")
        self.request.session["signed_in_at"] = now.timestamp()
        note_sign_in(user=user, at=now)
        return super().form_valid(form)


class SignOutView(View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            note_sign_out(user=request.user, at=timezone.now())
        logout(request)
        messages.success(request, "您已退出登录。")
        return HttpResponseRedirect(resolve_url(settings.LOGOUT_REDIRECT_URL))


@method_decorator(sensitive_post_parameters(), name="dispatch")
class PasswordChangeView(SignedIn, FormView):
    template_name = "accounts/password_change.html"
    form_class = PasswordChangeForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(
            demands=password_validators_help_texts(),
            forced=user.password_is_due(timezone.now()),
            desk=desk_of(user),
            **kwargs,
        )

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        try:
            user = change_password(
                user=self.request.user,
                present=form.cleaned_data["present"],
                password=form.cleaned_data["password"],
                at=timezone.now(),
            )
        except TooManyGuessesError as refusal:
            note_sign_out(user=self.request.user, at=timezone.now(), reason="多次输错现用密码")
            logout(self.request)
            messages.error(self.request, str(refusal))
            return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))
        except WrongPasswordError as refusal:
            form.add_error("present", str(refusal))
            return self.form_invalid(form)
        except ValidationError as refusal:
            form.add_error("password", refusal)
            return self.form_invalid(form)
        update_session_auth_hash(self.request, user)
        messages.success(self.request, "密码已修改，下次请用新密码登录。")
        return HttpResponseRedirect(desk_of(user))
