from django.contrib import admin
from django.urls import include, path

from accounts.views.health import health
from accounts.views.sessions import PasswordChangeView, SignInView, SignOutView

urlpatterns = [
    path("healthz/", health, name="health"),
    path("accounts/", include("accounts.urls")),
    path("attendance/", include("attendance.urls")),
    path("members/", include("members.urls")),
    path("dossiers/", include("dossiers.urls")),
    path("exits/", include("exits.urls")),
    path("", include("reporting.urls")),
    # One way in and out for everybody: these stand before the admin's own.
    path("admin/login/", SignInView.as_view()),
    path("admin/logout/", SignOutView.as_view()),
    path("admin/password_change/", PasswordChangeView.as_view()),
    path("api/v1/", include(("config.api", "api"))),
    path("admin/", admin.site.urls),
]

handler403 = "accounts.views.errors.permission_denied"
handler404 = "accounts.views.errors.page_not_found"
handler500 = "accounts.views.errors.server_error"
