"""Who sees cases, interviews and letters: disciplinary content is for few."""

from typing import Self

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.roles import RoleCode
from exits.choices import (
    Act,
    Addressee,
    CaseKind,
    CaseState,
    InterviewState,
    PaperKind,
    PaperVariant,
    Partner,
)
from exits.procedures import BEFORE_DECISION, MEASURES, PLAIN_GROUNDS, kinds_where
from members.choices import Party

ROLE_OF = {
    Partner.ORGANIZATION: RoleCode.ORGANIZATION_DEPARTMENT,
    Partner.UNITED_FRONT: RoleCode.UNITED_FRONT_DEPARTMENT,
}


def partners_for(user) -> tuple[Partner, ...]:
    """The departments the account speaks for."""
    return tuple(partner for partner, role in ROLE_OF.items() if user.has_role(role))


def consulted_by(partner: Partner, prefix: str = "") -> Q:
    """Condition on cases the department gives its opinion in: as `exits.procedures.partners_of`."""
    both = Q(**{f"{prefix}kind__in": kinds_where(consults_both=True)})
    return Q(**{f"{prefix}side": partner}) | (both & ~Q(**{f"{prefix}ground__in": MEASURES}))


def visible_cases(user, prefix: str = "") -> Q:
    """Condition on cases the account may see; `prefix` leads to the case ("case__").

    委员联络科 all; a leader those they conduct, and resignations of one's own, which are no measure
    against anybody; a department, once informed, the cases it is consulted on. Nobody sees a case about themself
    this way: the member is shown what they were told (`told_to`).
    """
    if not user.is_authenticated:
        return Q(pk__in=[])
    if user.has_role(RoleCode.REGISTRAR):
        seen = Q(pk__isnull=False)
    else:
        seen = Q(pk__in=[])
        if user.has_role(RoleCode.LEADER):
            conducted = Q(**{f"{prefix}conductors": user})
            plain = {f"{prefix}kind": CaseKind.RESIGNATION, f"{prefix}ground__in": PLAIN_GROUNDS}
            seen |= conducted | Q(**plain)
        for partner in partners_for(user):
            informed = Q(**{f"{prefix}informed_date__isnull": False})
            seen |= consulted_by(partner, prefix) & informed
    return seen & ~Q(**{f"{prefix}member__person__user": user})


class CaseQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        return self.filter(pk__in=self.model._base_manager.filter(visible_cases(user)).values("pk"))

    def told_to(self, user) -> Self:
        """About the account's own person, from the day the member was first told of them."""
        return self.filter(member__person__user=user, told_date__isnull=False)

    def open(self) -> Self:
        return self.filter(closed_date__isnull=True)

    def undecided(self) -> Self:
        return self.filter(state__in=BEFORE_DECISION)

    def waiting_opinion(self, user) -> Self:
        """Being consulted on, where the account's department has not spoken yet."""
        waiting = Q(pk__in=[])
        for partner in partners_for(user):
            waiting |= consulted_by(partner) & Q(**{f"{partner.value}_opinion": ""})
        return self.visible_to(user).filter(waiting, state=CaseState.CONSULTING)


class CaseChildQuerySet(QuerySet):
    """Steps, opinions and deliveries: as their case."""

    def visible_to(self, user) -> Self:
        cases = self.model._meta.get_field("case").related_model
        return self.filter(case__in=cases.objects.visible_to(user).values("pk"))


class InterviewQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """委员联络科; the leader who conducts; the department of the member's side once held."""
        if not user.is_authenticated:
            return self.none()
        if user.has_role(RoleCode.REGISTRAR):
            seen = Q(pk__isnull=False)
        else:
            seen = Q(leader__person__user=user) if user.has_role(RoleCode.LEADER) else Q(pk__in=[])
            held = Q(state__in=[InterviewState.HELD, InterviewState.CLOSED])
            for partner in partners_for(user):
                is_cpc = Q(member__party=Party.CPC)
                seen |= held & (is_cpc if partner == Partner.ORGANIZATION else ~is_cpc)
        return self.filter(seen & ~Q(member__person__user=user))

    def told_to(self, user) -> Self:
        """The account's own, once notified."""
        return self.filter(member__person__user=user, notified_at__isnull=False)

    def open(self) -> Self:
        return self.exclude(state__in=[InterviewState.CLOSED, InterviewState.CANCELLED])


class PaperQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """As the case or the interview; a yearly exchange also to the department it went to. The
        roster of both sides goes to neither: leaders who conduct a case read it.
        """
        cases = self.model._meta.get_field("case").related_model
        interviews = self.model._meta.get_field("interview").related_model
        seen = Exists(cases.objects.visible_to(user).filter(pk=OuterRef("case"))) | Exists(
            interviews.objects.visible_to(user).filter(pk=OuterRef("interview"))
        )
        if user.is_authenticated and user.has_role(RoleCode.REGISTRAR):
            seen = seen | Q(case__isnull=True, interview__isnull=True)
        elif user.is_authenticated:
            seen = seen | Q(partner__in=partners_for(user))
            if user.has_role(RoleCode.LEADER):
                conducts = Exists(cases.objects.filter(conductors=user))
                seen = seen | (Q(variant=PaperVariant.ROSTER_OTHERS) & conducts)
        return self.filter(seen)

    def told_to(self, user) -> Self:
        """Letters addressed to the account's own person, once the member was told of them: a
        reminder when reminded, a decision once delivered, a notice once sent.
        """
        steps = self.model._meta.get_field("case").related_model._meta.get_field("steps")
        deliveries = self.model._meta.get_field("case").related_model._meta.get_field("deliveries")
        reminded = Exists(
            steps.related_model.objects.filter(
                case=OuterRef("case"),
                kind__in=[Act.REMIND, Act.PERSUADE],
            )
        )
        delivered = Exists(
            deliveries.related_model.objects.filter(
                case=OuterRef("case"),
                addressee=Addressee.MEMBER,
                delivered_date__isnull=False,
            )
        )
        told = (
            (Q(kind=PaperKind.REMINDER) & reminded)
            | (Q(kind=PaperKind.DECISION_MEMBER) & delivered)
        ) & Q(case__member__person__user=user, case__told_date__isnull=False)
        noticed = Q(
            kind=PaperKind.INTERVIEW_NOTICE,
            interview__member__person__user=user,
            interview__notified_at__isnull=False,
        )
        return self.filter(told | noticed)
