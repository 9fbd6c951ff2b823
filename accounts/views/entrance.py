"""Whom a page lets in: what every app's pages stand behind."""

from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache


@method_decorator(never_cache, name="dispatch")
class SignedIn(LoginRequiredMixin):
    """Any account; a stranger is led to the sign-in page. No cache keeps what it is shown."""


class AskedIn(SignedIn, PermissionRequiredMixin):
    """An account that holds the permissions; any other is refused."""


class AtDesk(AskedIn):
    """One of the office's desk: of 委员联络科, collecting units, leaders and the departments."""

    def has_permission(self) -> bool:
        return self.request.user.is_staff and super().has_permission()
