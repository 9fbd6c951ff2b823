"""Where a request comes from, for whoever has to write it down."""

import ipaddress
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse


@dataclass(frozen=True)
class RequestTrace:
    """`address` is the client's IP address; both are empty outside a request."""

    address: str | None = None
    request_id: str = ""


_trace: ContextVar[RequestTrace] = ContextVar("request_trace")


def current_trace() -> RequestTrace:
    return _trace.get(RequestTrace())


def client_address(request: HttpRequest) -> str | None:
    """The address of the client as far as it can be believed.

    X-Forwarded-For can be written by anyone; only its last `TRUSTED_PROXIES` entries were
    appended by proxies of ours, so the client is the first of those. With none (the default)
    the header is not read at all.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        address = hops[-min(settings.TRUSTED_PROXIES, len(hops))] or address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(parsed)


class TraceMiddleware:
    """Gives each request a number, returned as X-Request-ID and kept with its audit entries."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        trace = RequestTrace(client_address(request), str(uuid.uuid4()))
        token = _trace.set(trace)
        try:
            response = self.get_response(request)
        finally:
            _trace.reset(token)
        response["X-Request-ID"] = trace.request_id
        return response


class ReadableTextMiddleware:
    """Refuses an address with a NUL character, which no database of ours can look for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" not in request.path and "%00" not in request.META.get("QUERY_STRING", ""):
            return self.get_response(request)
        message = "地址中含有无法识别的字符。"
        if request.path.startswith("/api/"):
            return JsonResponse({"code": "invalid", "message": message}, status=400)
        return HttpResponseBadRequest(message, content_type="text/plain; charset=utf-8")


class RequestSizeMiddleware:
    """Refuses a body larger than anything we take, before anything of it is read or kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) <= settings.LARGEST_REQUEST:
            return self.get_response(request)
        message = f"提交的内容超过 {settings.LARGEST_REQUEST >> 20} MB，未予接收。"
        if request.path.startswith("/api/"):
            return JsonResponse({"code": "too_large", "message": message}, status=413)
        return HttpResponse(message, status=413, content_type="text/plain; charset=utf-8")
