"""Pages of 委员报送: the member's own, the co-signer's, the unit's."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dossiers.choices import SubmissionKind
from dossiers.models import Submission
from members.choices import RecordKind
from members.models import Affiliation, CollectionDuty, Department
from proposals.models import Proposal
from tests.accounts.people import make_user
from tests.building import make_member, make_term
from tests.dossiers.papers import PDF, account
from tests.dossiers.test_services_submissions import asked, attach, handed_in, proposal
from tests.test_visibility import ALL, ROLES, marks_in
from tests.world import MARKS, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def term():
    today = timezone.localdate()
    return make_term(starts=date(today.year - 1, 1, 1), ends=date(today.year + 1, 12, 31))


@pytest.fixture
def member(term):
    member = make_member(term, "0001", name="林采薇")
    account(member)
    return member


@pytest.fixture
def other(term):
    member = make_member(term, "0002", name="方知行")
    account(member, "other")
    return member


@pytest.fixture
def collector(term):
    user = make_user("collector", "collector")
    department = Department.objects.create(term=term, name="提案委员会")
    CollectionDuty.objects.create(department=department, record_kind=RecordKind.PROPOSAL)
    Affiliation.objects.create(user=user, department=department)
    return user


@pytest.fixture
def now():
    return timezone.now()


def sign_in(client, user):
    """With a password that has not run out by the clock these pages go by."""
    user.password_changed_at = timezone.now()
    user.save()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


def page(name, *args):
    return reverse(f"dossiers:{name}", args=args)


def test_member_writes_signs_submits_and_unit_takes_it_in(client, member, other, collector):
    sign_in(client, member.person.user)
    answer = client.post(page("submission-create"), {"kind": "proposal"})
    row = Submission.objects.get()
    assert answer.headers["Location"] == page("submission-detail", row.pk)
    saved = client.post(
        page("submission-save", row.pk), {"seen_version": 1, "title": "加装电梯", "body": "建议"}
    )
    assert (saved.status_code, saved.json()["version"]) == (200, 2)
    client.post(page("submission-signer-create", row.pk), {"members": "0002 方知行"})
    signer = row.signers.get()
    preview = client.get(page("submission-submit", row.pk)).content.decode()
    assert "方知行还没有答复联名" in preview
    sign_in(client, other.person.user)
    row.refresh_from_db()
    client.post(
        page("signature-detail", signer.pk), {"answer": "agree", "seen_version": row.version}
    )
    sign_in(client, member.person.user)
    client.post(page("submission-submit", row.pk), {"seen_version": row.version})
    sign_in(client, collector)
    row.refresh_from_db()
    assert "加装电梯" in client.get(page("submission-queue")).content.decode()
    client.post(
        page("submission-intake", row.pk),
        {"seen_version": row.version, "number": "TA-7", "title": "加装电梯"},
    )
    record = Proposal.objects.get()
    assert (record.lead_sponsor, list(record.cosponsors.all())) == (member, [other])
    sign_in(client, member.person.user)
    text = client.get(page("submission-list")).content.decode()
    assert "已受理" in text
    assert "正在审查" in text


def test_stale_autosave_is_answered_with_what_is_stored(client, member):
    sign_in(client, member.person.user)
    row = proposal(member, timezone.now())
    answer = client.post(page("submission-save", row.pk), {"seen_version": 1, "title": "新题"})
    assert answer.status_code == 409
    assert answer.json() == {
        "reason": "stale",
        "version": row.version,
        "values": {"title": row.title, "body": row.body},
        "replaced": [],
    }
    first = {"seen_version": row.version, "title": "新题"}
    client.post(page("submission-save", row.pk), first)
    client.post(page("submission-save", row.pk), {"seen_version": row.version + 1, "title": "再改"})
    again = client.post(page("submission-save", row.pk), first)
    assert (again.status_code, again.json()["replaced"]) == (409, ["title"])
    row.refresh_from_db()
    shown = client.post(page("submission-detail", row.pk), {"seen_version": 1, "title": "新题"})
    assert shown.status_code == 409
    text = shown.content.decode()
    assert row.title in text
    assert "新题" in text


@pytest.mark.parametrize("kind", SubmissionKind.values)
def test_every_kind_opens_saves_and_previews(kind, client, member):
    sign_in(client, member.person.user)
    client.post(page("submission-create"), {"kind": kind})
    row = Submission.objects.get(kind=kind)
    assert client.get(page("submission-detail", row.pk)).status_code == 200
    assert client.get(page("submission-submit", row.pk)).status_code == 200
    client.post(page("submission-save", row.pk), {"seen_version": 1, "title": "题"})
    assert client.get(page("submission-list")).status_code == 200


@pytest.mark.parametrize("kind", SubmissionKind.values)
def test_every_kind_opens_with_the_unit(kind, client, member, now, term):
    registrar = make_user("registrar", "registrar")
    Submission.objects.create(
        member=member, kind=kind, title="题", date=timezone.localdate(), level="city",
        organisation="单位", state="submitted", submitted_at=now,
    )  # fmt: skip
    row = Submission.objects.get()
    sign_in(client, registrar)
    text = client.get(page("submission-intake", row.pk)).content.decode()
    assert "受理并登记" in text


def test_others_submissions_are_not_there(client, member, other, collector, now):
    draft = proposal(member, now)
    file = attach(draft, now)
    stranger = make_user("stranger", "collector")
    for user in (other.person.user, collector, stranger):
        sign_in(client, user)
        found = {
            client.get(page(name, draft.pk)).status_code
            for name in ("submission-detail", "submission-submit", "submission-intake")
        }
        assert found <= {403, 404}
        assert client.get(page("submission-file", draft.pk, file.pk)).status_code == 404
    draft.refresh_from_db()
    handed_in(draft, now)
    sign_in(client, collector)
    assert client.get(page("submission-intake", draft.pk)).status_code == 200
    assert client.get(page("submission-file", draft.pk, file.pk)).status_code == 200
    sign_in(client, stranger)
    assert client.get(page("submission-intake", draft.pk)).status_code == 404
    assert client.get(page("submission-file", draft.pk, file.pk)).status_code == 404


def test_giving_up_stands_apart_and_is_taken_back(client, member, now):
    row = proposal(member, now)
    sign_in(client, member.person.user)
    text = client.get(page("submission-detail", row.pk)).content.decode()
    apart = text[text.index("<summary>不再报送这份材料") :]
    assert text.count("不报送了</button>") == apart.count("不报送了</button>") == 1
    assert "写的内容和附件不会丢" in apart
    told = client.post(page("submission-withdraw", row.pk), follow=True).content.decode()
    assert "恢复为草稿" in told
    told = client.post(page("submission-restore", row.pk), follow=True).content.decode()
    assert "已恢复，可以接着写。" in told
    row.refresh_from_db()
    assert (row.state, row.body) == ("draft", "建议……")


def test_search_tells_names_and_sectors_only(client, member, other):
    sign_in(client, member.person.user)
    members = client.get(page("submission-members")).json()["members"]
    assert [sorted(row) for row in members] == [["code", "name", "sector", "spelled"]]
    assert members[0]["name"] == "方知行"


def test_wrong_attachment_is_refused_in_words(client, member, now):
    sign_in(client, member.person.user)
    row = proposal(member, now)
    file = SimpleUploadedFile("a.exe", b"MZ")
    shown = client.post(
        page("submission-file-create", row.pk), {"file": file}, follow=True
    ).content.decode()
    assert "附件只收" in shown
    file = SimpleUploadedFile("a.pdf", PDF)
    client.post(page("submission-file-create", row.pk), {"file": file})
    assert row.files.count() == 1


def test_returned_without_reason_is_refused(client, member, collector, now):
    row = handed_in(proposal(member, now), now)
    sign_in(client, collector)
    client.post(page("submission-return", row.pk), {"return-reason": ""})
    row.refresh_from_db()
    assert row.state == "submitted"
    client.post(page("submission-return", row.pk), {"return-reason": "请补充"})
    row.refresh_from_db()
    assert row.state == "returned"


@pytest.mark.parametrize("name", ["submission-list", "signature-list", "submission-queue"])
def test_lists_cost_the_same_for_three_as_for_one(name, client, member, other, collector, now):
    def one(title):
        row = proposal(member, now)
        row.title = title
        row.save()
        asked(row, other, at=now)
        row.refresh_from_db()
        row.submitted_at, row.state = now, "submitted"
        row.department = collector.affiliations.get().department
        row.save()

    user = {"submission-list": member.person.user, "signature-list": other.person.user}
    sign_in(client, user.get(name, collector))
    one("一")
    client.get(page(name))
    before = count_of(client, page(name))
    one("二")
    one("三")
    assert count_of(client, page(name)) == before


def count_of(client, address):
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    return len(seen)


@pytest.mark.parametrize("role", ROLES)
def test_queue_and_lists_show_each_role_what_is_theirs(role, client, db):
    world = build_world()
    sign_in(client, world.users[role])
    takes_in, own = role in {"registrar", "collector"}, {MARKS[0]} if role == "member" else set()
    answer = client.get(page("submission-queue"))
    assert answer.status_code == (200 if takes_in else 403)
    assert marks_in(answer.content) == (ALL if takes_in else set())
    assert marks_in(client.get(page("submission-list")).content) == own
    for row in Submission.objects.select_related("member__person"):
        intake = client.get(page("submission-intake", row.pk))
        assert intake.status_code == (200 if takes_in else 403)
        detail = client.get(page("submission-detail", row.pk))
        assert marks_in(detail.content) == (own if row.title.startswith(MARKS[0]) else set())
