"""Refusals as JSON: a code for programs, a Chinese message for people."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from accounts.services.sign_in import note_denial
from core.refusals import RefusalError
from core.requests import current_trace

logger = logging.getLogger(__name__)

MESSAGES = {
    status.HTTP_400_BAD_REQUEST: "请求有误，各项说明见 fields。",
    status.HTTP_404_NOT_FOUND: "没有这条记录，或您无权查看。",
    status.HTTP_403_FORBIDDEN: "您的角色不能进行此项操作。",
    status.HTTP_405_METHOD_NOT_ALLOWED: "此地址不支持这种请求方式。",
    status.HTTP_406_NOT_ACCEPTABLE: "只能以 JSON 答复。",
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "请以 JSON 提交。",
}


class Conflict(exceptions.APIException):
    """Somebody else changed the record in the meantime, or its state forbids the step."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "记录已被他人修改，请重新读取后再试。"
    default_code = "conflict"


def answer_error(error: Exception, context: dict[str, Any]) -> Response:
    """The one place where an exception becomes an answer."""
    if isinstance(error, ValidationError):
        error = exceptions.ValidationError(serializers.as_serializer_error(error))
    if isinstance(error, RefusalError):
        error = Conflict(str(error))
    response = exception_handler(error, context)
    if response is None:
        return _answer_failure(error)
    if response.status_code == status.HTTP_403_FORBIDDEN:
        _note_denial(context["request"])
    response.data = {"code": _code(error), "message": _message(error, response.status_code)}
    if isinstance(error, exceptions.ValidationError):
        response.data["fields"] = _fields(error.detail)
    return response


def _answer_failure(error: Exception) -> Response:
    """500: a number to report, and nothing of the inside, which goes to the log."""
    reference = current_trace().request_id[:8]
    logger.error("request %s failed", reference, exc_info=error)
    message = f"服务器没能完成这个请求。请把编号 {reference} 告诉系统管理员。"
    return Response(
        {"code": "server_error", "message": message}, status.HTTP_500_INTERNAL_SERVER_ERROR
    )


def _note_denial(request: Request) -> None:
    note_denial(
        actor=request.user, at=timezone.now(), path=request.path, method=str(request.method)
    )


def _code(error: Exception) -> str:
    if isinstance(error, Http404):
        return "not_found"
    if isinstance(error, PermissionDenied):
        return "permission_denied"
    if isinstance(error, exceptions.ValidationError):
        return "invalid"
    return str(getattr(error, "default_code", "error"))


def _message(error: Exception, code: int) -> str:
    said = getattr(error, "detail", None)
    if code in (status.HTTP_401_UNAUTHORIZED, status.HTTP_409_CONFLICT):
        return str(said)
    if isinstance(error, exceptions.Throttled):
        seconds = f"，请在 {int(error.wait)} 秒后再试" if error.wait else "，请稍后再试"
        return f"请求过于频繁{seconds}。"
    if isinstance(error, exceptions.ParseError):
        return "请求内容不是正确的 JSON。"
    if isinstance(error, exceptions.PermissionDenied) and said != error.default_detail:
        return str(said)
    return MESSAGES.get(code, "请求未能完成。")


def _fields(detail: Any) -> dict[str, list[str]]:
    if not isinstance(detail, dict):
        return {api_settings.NON_FIELD_ERRORS_KEY: _texts(detail)}
    return {str(name): _texts(value) for name, value in detail.items()}


def _texts(detail: Any) -> list[str]:
    if isinstance(detail, dict):
        return [f"{name}：{text}" for name, value in detail.items() for text in _texts(value)]
    if isinstance(detail, list):
        return [text for value in detail for text in _texts(value)]
    return [str(detail)]
