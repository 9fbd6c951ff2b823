"""The office's desk: its name, its colours, and the menu each role sees."""

from collections.abc import Callable

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

NAME = "政协委员履职管理"


def holds(*permissions: str) -> Callable[[HttpRequest], bool]:
    """Shown to an account that holds any of the permissions."""
    return lambda request: any(request.user.has_perm(name) for name in permissions)


def item(title: str, icon: str, url: str, *permissions: str) -> dict:
    entry = {"title": title, "icon": icon, "link": reverse_lazy(url)}
    return entry | {"permission": holds(*permissions)} if permissions else entry


def records(title: str, icon: str, model: str) -> dict:
    """The list of a model ("members.person"), shown to those who may read it."""
    app, name = model.split(".")
    return item(title, icon, f"admin:{app}_{name}_changelist", f"{app}.view_{name}")


def group(title: str, *items: dict) -> dict:
    return {"title": title, "collapsible": False, "items": list(items)}


def stylesheet(request: HttpRequest) -> str:
    return static("office/office.css")


MENU = [
    group("工作台", item("本年概况", "dashboard", "admin:index")),
]
#: Warm greys and one accent, a deep Chinese red.
COLOURS = {
    "base": {
        "50": "#faf8f4",
        "100": "#f3f0ea",
        "200": "#e3ddd2",
        "300": "#d0c8bb",
        "400": "#9a9184",
        "500": "#6b6459",
        "600": "#524c44",
        "700": "#443f39",
        "800": "#2e2a26",
        "900": "#1f1c19",
        "950": "#141210",
    },
    "primary": {
        "50": "#fdf3f3",
        "100": "#fbe4e5",
        "200": "#f6cdd0",
        "300": "#eda7ac",
        "400": "#e8808a",
        "500": "#c9434f",
        "600": "#a61b29",
        "700": "#8a1622",
        "800": "#761520",
        "900": "#63161f",
        "950": "#36070c",
    },
}
DESK = {
    "SITE_TITLE": NAME,
    "SITE_HEADER": NAME,
    "SITE_SYMBOL": "account_balance",
    "SITE_URL": None,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "4px",
    "COLORS": COLOURS,
    "STYLES": [stylesheet],
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": MENU},
}
