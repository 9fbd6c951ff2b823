"""How large the pages are set, kept in the browser: the same account is read on many screens."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

COOKIE = "type_size"
LARGE = "large"
YEAR = 365 * 24 * 3600


class TypeSizeView(View):
    """大字 or 标准字; back to the page it was asked on."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        back = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
            back = "/"
        answer = HttpResponseRedirect(back)
        if request.POST.get("size") == LARGE:
            answer.set_cookie(
                COOKIE,
                LARGE,
                max_age=YEAR,
                secure=request.is_secure(),
                httponly=True,
                samesite="Lax",
            )
        else:
            answer.delete_cookie(COOKIE, samesite="Lax")
        return answer
