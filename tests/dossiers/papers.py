"""A campaign and the accounts that fill its papers."""

from datetime import UTC, date, datetime
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from accounts.models import User
from accounts.roles import RoleCode
from dossiers.choices import HandInKind, ReturnBlock
from dossiers.models import Campaign
from dossiers.services.papers import confirm_block, open_paper, save_draft
from tests.accounts.people import make_user

AT = datetime(2024, 12, 5, 4, tzinfo=UTC)
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
        confirmed(paper, block, at=at)
    return paper


def confirmed(paper, block, remark="", seen_version=1, at=AT):
    return confirm_block(
        paper=paper, block=block, remark=remark, seen_version=seen_version,
        actor=paper.member.person.user, at=at,
    )  # fmt: skip


def drawn(size=(600, 200), stroke=((100, 60), (400, 140)), kind="PNG", mode="RGBA") -> bytes:
    """A picture with one stroke."""
    picture = Image.new(mode, size, (0, 0, 0, 0) if mode == "RGBA" else "white")
    if stroke:
        ImageDraw.Draw(picture).line(stroke, fill="black", width=6)
    stream = BytesIO()
    picture.save(stream, kind)
    return stream.getvalue()


def upload(name, content):
    return SimpleUploadedFile(name, content)
