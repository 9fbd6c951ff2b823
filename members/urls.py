from django.urls import path

from members.views.notices import NoticeDetailView, NoticeLetterView, NoticeListView

app_name = "members"
urlpatterns = [
    path("notices/", NoticeListView.as_view(), name="notice-list"),
    path("notices/<int:pk>/", NoticeDetailView.as_view(), name="notice-detail"),
    path("notices/<int:pk>/letter/", NoticeLetterView.as_view(), name="notice-letter"),
]
