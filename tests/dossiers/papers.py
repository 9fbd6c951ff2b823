"""A campaign and the accounts that fill its papers."""

from datetime import UTC, date, datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from accounts.roles import RoleCode
from dossiers.choices import HandInKind, ReturnBlock
from dossiers.models import Campaign
from dossiers.services.papers import confirm_block, open_paper, save_draft
from tests.accounts.people import make_user

AT = datetime(2024, 12, 5, 4, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
PDF = b"%PDF-1.7\n" + bytes(40)


def make_campaign(term, year=2024, **fields) -> Campaign:
    dates = {"opens_date": date(year, 12, 1), "deadline_date": date(year, 12, 31)}
    return Campaign.objects.create(term=term, year=year, **(dates | fields))


def account(member, username="member") -> User:
    user = make_user(username, RoleCode.MEMBER, name=member.person.name)
    member.person.user = user
    member.person.save()
    return user


def begun(campaign, member, kind=HandInKind.ANNUAL_RETURN, at=AT):
    return open_paper(campaign=campaign, member=member, kind=kind, actor=member.person.user, at=at)


def wrote(paper, at=AT, **values):
    return save_draft(
        paper=paper, seen_version=paper.version, values=values,
        actor=paper.member.person.user, at=at,
    )  # fmt: skip


def confirm_all(paper, at=AT):
    for block in ReturnBlock:
        confirm_block(paper=paper, block=block, remark="", actor=paper.member.person.user, at=at)
    return paper


def upload(name, content):
    return SimpleUploadedFile(name, content)
