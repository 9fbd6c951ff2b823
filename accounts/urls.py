from django.urls import path

from accounts.views.jobs import JobDetailView, JobListView, JobProductView, JobProgressView
from accounts.views.reading import TypeSizeView
from accounts.views.sessions import PasswordChangeView, SignInView, SignOutView

app_name = "accounts"
urlpatterns = [
    path("sessions/create/", SignInView.as_view(), name="session-create"),
    path("sessions/delete/", SignOutView.as_view(), name="session-delete"),
    path("password/change/", PasswordChangeView.as_view(), name="password-change"),
    path("type-size/", TypeSizeView.as_view(), name="type-size"),
    path("jobs/", JobListView.as_view(), name="job-list"),
    path("jobs/<uuid:pk>/", JobDetailView.as_view(), name="job-detail"),
    path("jobs/<uuid:pk>/progress/", JobProgressView.as_view(), name="job-progress"),
    path("jobs/<uuid:pk>/product/", JobProductView.as_view(), name="job-product"),
]
