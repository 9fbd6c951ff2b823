"""How a form tells what was refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm

from core.refusals import RefusalError


@contextmanager
def told_on(form: BaseForm) -> Iterator[None]:
    """What is refused inside ends there and stands on the form; what follows shows it again."""
    try:
        yield
    except RefusalError as refusal:
        form.add_error(None, str(refusal))
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)


def carried_out(form: BaseForm, act: Callable[[], Any]) -> bool:
    """Whether the act was done; a refusal is told on the form."""
    with told_on(form):
        act()
    return not form.errors
