"""What every entry form shares: who may enter, what the next one starts with."""

from abc import abstractmethod
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Model

from accounts.models import User
from core.told import told_on
from dossiers.forms.fields import DayField, MembersField
from members.choices import RecordKind
from members.models import Term
from members.selectors.duties import Duties


class EntryForm(forms.Form):
    """One record of a kind. `kept` are fields the next form starts with as they were here."""

    kept: ClassVar[tuple[str, ...]] = ()
    date_field: ClassVar[str] = ""

    def __init__(
        self, *args: Any, kind: RecordKind, term: Term, duties: Duties, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.term, self.duties, self.today = kind, term, duties, today
        for field in self.fields.values():
            if isinstance(field, MembersField | DayField):
                field.term = term
            if isinstance(field, DayField):
                field.today = today
        if self.date_field:
            self.initial.setdefault(self.date_field, today)
        self.narrow()

    def narrow(self) -> None:
        """Offers what these duties allow; proposes what is likely."""

    def propose(self, name: str, value: Any) -> None:
        """A starting value, unless the record before has given one."""
        self.initial.setdefault(name, value)

    def offer_organisers(self) -> None:
        """The departments one may enter for; where anybody's is collected, any text."""
        own = sorted(self.duties.organisers(self.kind))
        if own:
            self.fields["organiser"] = forms.ChoiceField(
                label="承办部门", choices=[(name, name) for name in own]
            )
        elif len(self.duties.departments) == 1:
            self.propose("organiser", self.duties.departments[0])

    def carry_out(self, *, actor: User, at: datetime) -> Model | None:
        """The record entered, or None with the refusal shown on the form."""
        with told_on(self):
            return self.enter(actor=actor, at=at)
        return None

    @abstractmethod
    def enter(self, *, actor: User, at: datetime) -> Model:
        """Calls the one service; the record entered."""
