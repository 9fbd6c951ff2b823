"""The menu of members' pages; what is in it is declared with the office's (`MEMBER_MENU`)."""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.template.context import Context

register = template.Library()


@dataclass(frozen=True)
class MenuEntry:
    title: str
    link: str
    is_here: bool


@dataclass(frozen=True)
class Menu:
    """What every page shows, and what is folded away; `place` names the folded page one is on."""

    main: list[MenuEntry]
    more: list[MenuEntry]

    @property
    def place(self) -> str:
        return next((entry.title for entry in self.more if entry.is_here), "")


@register.simple_tag(takes_context=True)
def member_menu(context: Context) -> Menu:
    """What the account may open, in order; nothing for those who work at the office's desk."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated or request.user.is_staff:
        return Menu([], [])
    found: dict[bool, list[MenuEntry]] = {True: [], False: []}
    for entry in settings.MEMBER_MENU:
        if entry.get("permission", always)(request):
            link = str(entry["link"])
            place = MenuEntry(entry["title"], link, is_here(request.path, link))
            found[entry["is_main"]].append(place)
    return Menu(found[True], found[False])


def always(request: object) -> bool:
    return True


def is_here(path: str, link: str) -> bool:
    """On the page or below it; the home is above everything and only ever itself."""
    return path == link if link == "/" else path.startswith(link)
