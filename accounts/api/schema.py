"""How the interface describes itself: in Chinese, from what each view already says."""

from typing import ClassVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class ChineseSchema(AutoSchema):
    """Summaries from the action and the view's `noun`; descriptions from its `about`."""

    acts: ClassVar[dict[str, str]] = {"list": "列出", "retrieve": "查看一条"}

    def get_summary(self) -> str:
        act = self.acts.get(getattr(self.view, "action", ""), "")
        return f"{act}{self._noun()}"

    def get_description(self) -> str:
        return getattr(self.view, "about", "")

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "tag", "") or self._app_name()]

    def _app_name(self) -> str:
        return str(self.view.queryset.model._meta.app_config.verbose_name)

    def _noun(self) -> str:
        noun = getattr(self.view, "noun", "")
        return noun or str(self.view.queryset.model._meta.verbose_name)


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.authentication.BearerAuthentication"
    name = "令牌"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "由 POST /api/v1/tokens/ 取得"}


#: Every endpoint may answer with these; none has a body of its own to describe.
REFUSALS = {
    "400": "请求有误",
    "401": "未登录或令牌失效",
    "403": "角色无此权限",
    "404": "没有这条记录，或无权查看",
    "429": "请求过于频繁",
}


def describe_errors(result, generator, request, public):
    """Adds the refusals every endpoint can answer with."""
    component = {
        "type": "object",
        "description": "出错时的答复",
        "required": ["code", "message"],
        "properties": {
            "code": {"type": "string", "description": "供程序判断的代码"},
            "message": {"type": "string", "description": "给人看的说明"},
            "fields": {
                "type": "object",
                "description": "各项参数的说明，仅在请求有误时给出",
                "additionalProperties": {"type": "array", "items": {"type": "string"}},
            },
        },
    }
    result["components"].setdefault("schemas", {})["Error"] = component
    body = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            for code, description in REFUSALS.items():
                answer = {"description": description, "content": body}
                operation["responses"].setdefault(code, answer)
    return result
