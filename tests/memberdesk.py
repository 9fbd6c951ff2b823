"""A member with something on every page of theirs, and which pages those are.

The dates go by today, as the running system's do.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Job, User
from accounts.roles import RoleCode
from attendance.models import (
    Approval,
    Expectation,
    LeaveRequest,
    MeetingMaterial,
    NonVotingSeat,
    Sitting,
    Speech,
)
from attendance.services.procedures import lay_procedures
from dossiers.choices import HandInKind, ReturnBlock
from dossiers.models import (
    Declaration,
    DutyPaper,
    Objection,
    ObjectionEntry,
    PaperArchive,
    PaperBlock,
    PaperEvent,
    Submission,
    SubmissionFile,
    SubmissionSigner,
)
from exits.choices import CaseKind
from exits.services import apply_resignation
from members.choices import NoticeKind, Post
from members.models import Department, Member, Term
from members.services.notices import send_notice
from proposals.models import Topic, TopicParticipation
from tests.building import (
    attend,
    commend,
    make_meeting,
    make_member,
    make_tenure,
    make_term,
    propose,
    speak,
)
from tests.dossiers.papers import (
    PDF,
    account,
    begun,
    confirm_all,
    confirmed,
    drawn,
    make_campaign,
    upload,
)
from tests.exits.cases import AT, Desk, decide, deliver_all, pressed, to_proposed, to_submitted
from tests.exits.interviews import Scene, held, make_user, notified

#: By the name of the address; of each the arguments, keys of what `build_desk` returns in braces.
PAGES: dict[str, tuple[str, ...]] = {
    "accounts:job-list": ("",),
    "accounts:job-detail": ("{job}",),
    "accounts:password-change": ("",),
    "attendance:arrival-list": ("",),
    "attendance:arrival-create": ("{sitting}",),
    "attendance:leave-list": ("",),
    "attendance:leave-create": ("{meeting}",),
    "attendance:leave-detail": ("{leave}",),
    "attendance:meeting-own-list": ("",),
    "attendance:meeting-detail": ("{meeting}", "{past}"),
    "attendance:own-code": ("",),
    "attendance:seat-own-list": ("",),
    "attendance:seat-own": ("{seat}",),
    "dossiers:objection-list": ("",),
    "dossiers:objection-missing": ("",),
    "dossiers:objection-create": ("attendance.speech {speech}",),
    "dossiers:objection-detail": ("{objection}", "{answered}"),
    "dossiers:record-list": ("",),
    "dossiers:signature-list": ("",),
    "dossiers:signature-detail": ("{signer}",),
    "dossiers:submission-create": ("",),
    "dossiers:submission-list": ("",),
    "dossiers:submission-detail": ("{writing}", "{sent_back}", "{taken_in}"),
    "dossiers:submission-submit": ("{writing}",),
    "exits:own-list": ("",),
    "exits:own-resign": ("",),
    "exits:own-case": ("{case}",),
    "exits:own-interview": ("{interview}", "{held}"),
    "members:notice-list": ("",),
    "members:notice-detail": ("{notice}",),
    "reporting:home": ("",),
    "reporting:calendar-detail": ("",),
    "reporting:own-data": ("",),
    "reporting:paper-list": ("",),
    "reporting:paper-detail": (
        *("{return_begun}", "{form_begun}", "{report_begun}"),
        *("{return_complete}", "{form_returned}", "{report_submitted}"),
        *("{return_archived}", "{form_verified}", "{return_returned}"),
    ),
    "reporting:paper-declare": (
        "{return_begun} speeches",
        "{return_begun} speeches ?record=attendance.speech:{speech}",
    ),
    "reporting:declaration-update": ("{return_begun} {declaration}",),
    "reporting:paper-signature": ("{form_begun}",),
    "reporting:paper-submit": ("{return_begun}", "{return_complete}", "{form_begun}"),
    "reporting:paper-count": ("{form_begun} plenary.attended",),
    "reporting:topic-list": ("",),
    "reporting:topic-own": ("",),
    "reporting:topic-detail": ("{topic}",),
}
PASSED = {"verified", "archived"}
#: Of the one who is leaving: what was decided, and their own application.
LEAVING = {"exits:own-list": ("",), "exits:own-case": ("{decided}", "{application}")}
#: In large type as well.
LARGE = {
    *("reporting:home", "reporting:paper-detail", "reporting:calendar-detail"),
    *("dossiers:submission-detail", "attendance:meeting-detail", "exits:own-case"),
}
#: Files and data, which are no pages.
FILES = {
    *("accounts:job-product", "accounts:job-progress"),
    *("attendance:leave-attachment", "attendance:leave-slip", "attendance:material-detail"),
    *("attendance:own-code-image", "attendance:own-code-state"),
    *("dossiers:objection-proof", "dossiers:submission-file", "dossiers:submission-members"),
    *("exits:own-paper-file", "exits:own-step-attachment"),
    *("health", "members:notice-letter"),
    *("reporting:declaration-proof", "reporting:form-detail", "reporting:paper-file"),
    *("reporting:paper-signature-image", "reporting:topic-file", "reporting:topic-titles"),
}
#: Of the same answer as a page in the list, or leading on to one.
LEAD_ON = {
    *("accounts:session-create", "attendance:arrival-open", "attendance:seat-own-act"),
    "reporting:paper-confirm",
}
#: Of the office; there the row asked for decides, and none is a member's.
OFFICE = {
    *("dossiers:entry-create", "reporting:committee-detail", "reporting:sector-detail"),
    "reporting:topic-edit",
}


def build_desk() -> dict[str, str]:
    """The keys of the rows the pages are of, by the words used in `PAGES`."""
    now = timezone.now()
    today = timezone.localdate(now)
    term = make_term("desk", ends=date(today.year + 3, 12, 31))
    users = {
        "registrar": make_user("registrar", RoleCode.REGISTRAR, name="李联络"),
        "second": make_user("second", RoleCode.REGISTRAR, name="王联络"),
        "leader": make_user("leader", RoleCode.LEADER, name="王建国"),
        "organization": make_user("organization", RoleCode.ORGANIZATION_DEPARTMENT),
        "united_front": make_user("united-front", RoleCode.UNITED_FRONT_DEPARTMENT),
    }
    lay_procedures(term=term, actor=None, at=AT)
    member = make_member(
        term, "0001", name="张青", employer_post="某局局长", standing_from=term.start_date,
        committee=term.specialcommittee_set.get(),
    )  # fmt: skip
    other = make_member(term, "0002", name="方知行")
    leader = make_member(term, "0003", name="王建国")
    make_tenure(leader, term.start_date, post=Post.VICE_CHAIRPERSON)
    account(member)
    account(other, "other")
    newcomer = account(make_member(term, "0004", name="江远"), "newcomer")
    rows: dict[str, Any] = lay_meetings(member, today, now, users["registrar"])
    rows |= lay_papers(member, today, now, users["registrar"])
    rows |= lay_work(member, other, today, now)
    rows |= lay_matters(term, member, leader, users, now)
    User.objects.update(password_changed_at=now)
    newcomer.must_change_password = True
    newcomer.save(update_fields=["must_change_password"])
    return {name: str(row if isinstance(row, str) else row.pk) for name, row in rows.items()}


def lay_meetings(member: Member, today: date, now: datetime, office: User) -> dict[str, Any]:
    """One gone by, one today, one that is asked about, and an invitation to sit in."""
    term = member.term
    past = make_meeting(term, "plenary_session", date(today.year, 1, 1), title="全体会议")
    attend(member, past, "present", "late", "leave")
    speech = speak(member, past, title="关于养老服务")
    running = make_meeting(term, "training", today, title="委员学习培训")
    sitting = Sitting.objects.create(meeting=running)
    meeting = make_meeting(
        term, "consultation", today + timedelta(days=10), title="专题协商会", place="一号会议室"
    )
    Sitting.objects.create(meeting=meeting, starts_at=now + timedelta(days=10))
    MeetingMaterial.objects.create(meeting=meeting, title="协商方案", file=upload("方案.pdf", PDF))
    asked = make_meeting(term, "research", today + timedelta(days=20), title="走访调研")
    for one in (past, running, meeting, asked):
        Expectation.objects.create(meeting=one, member=member)
    leave = LeaveRequest.objects.create(
        meeting=asked, member=member, reason="外出就医", filed_at=now, attachment="leave/a.pdf"
    )
    Approval.objects.create(leave_request=leave, sequence=1, approver="liaison_section")
    council = make_meeting(
        term, "standing_committee_meeting", today + timedelta(days=30), title="常委会会议"
    )
    seat = NonVotingSeat.objects.create(
        meeting=council, member=member, agenda_item="听取通报", reason="熟悉情况",
        state="approved", settled_at=now, invited_at=now,
    )  # fmt: skip
    notice = send_notice(
        term=term, kind=NoticeKind.MEETING, title="专题协商会通知", body="请准时到会。",
        members=[member], subject=f"attendance.meeting:{meeting.pk}",
        path=f"/attendance/meetings/{meeting.pk}/", reply_by=today + timedelta(days=5),
        actor=office, at=now,
    )  # fmt: skip
    topic = Topic.objects.create(
        term=term, number="YT-1", title="加快产业发展", kind="consultation", year=today.year,
        plan="先调研，再协商。", planned_date=date(today.year, 12, 31),
    )  # fmt: skip
    TopicParticipation.objects.create(topic=topic, member=member)
    return {
        "past": past, "meeting": meeting, "sitting": sitting, "speech": speech, "leave": leave,
        "seat": seat, "notice": notice, "topic": topic,
    }  # fmt: skip


def lay_papers(member: Member, today: date, now: datetime, office: User) -> dict[str, Any]:
    """Of this year begun; of the years before at every other stage."""
    years = {
        year: make_campaign(member.term, year, opens_date=date(year, 1, 1), call="请于年底前提交。")
        for year in range(today.year - 3, today.year + 1)
    }
    papers = {
        (year, kind): begun(campaign, member, HandInKind(kind), at=now)
        for year, campaign in years.items()
        for kind in ("annual_return", "performance_form", "performance_report")
    }
    now_return = papers[today.year, "annual_return"]
    speech = Speech.objects.get(member=member)
    declaration = Declaration.objects.create(
        paper=now_return, block="speeches", date=today.replace(day=1), text="在座谈会上发言。"
    )
    Declaration.objects.create(
        paper=now_return, block="speeches", text="题目应为“关于居家养老”。", state="rejected",
        answer="与会议记录不符。", record_type="attendance.speech", record_id=speech.pk,
    )  # fmt: skip
    confirmed(now_return, ReturnBlock.MEETINGS, remark="另有一次请假。", at=now)
    form = papers[today.year, "performance_form"]
    form.signature.save("signature.png", upload("signature.png", drawn()))
    complete = confirm_all(papers[today.year - 1, "annual_return"], at=now)
    rows = {
        "return_begun": now_return,
        "form_begun": form,
        "report_begun": papers[today.year, "performance_report"],
        "return_complete": complete,
        "declaration": declaration,
    }
    for name, years_ago, kind, state, act in (
        ("form_returned", 1, "performance_form", "returned", "returned"),
        ("report_submitted", 1, "performance_report", "submitted", "submitted"),
        ("return_archived", 2, "annual_return", "archived", "archived"),
        ("form_verified", 2, "performance_form", "verified", "verified"),
        ("return_returned", 3, "annual_return", "returned", "returned"),
    ):
        paper = rows[name] = papers[today.year - years_ago, kind]
        verified = {"verified_at": now, "verified_by": office} if state in PASSED else {}
        DutyPaper.objects.filter(pk=paper.pk).update(
            state=state, submitted_at=now, first_submitted_at=now, **verified
        )
        PaperEvent.objects.create(paper=paper, act="submitted", at=now)
        PaperEvent.objects.create(paper=paper, act=act, note="请补写建议。", at=now)
    # Not what was archived: the file is refused.
    PaperArchive.objects.create(
        paper=rows["return_archived"], number=1, data={}, digest="0" * 64, archived_at=now,
        pdf=upload("other.pdf", PDF),
    )  # fmt: skip
    PaperBlock.objects.filter(paper=rows["return_returned"], block=ReturnBlock.SPEECHES).update(
        verdict="to_mend", mark="请核对发言题目。"
    )
    # Saved before: whoever saw the first version is told of it.
    for kept in (DutyPaper, PaperBlock, Declaration):
        kept.objects.update(version=3)
    return rows


def lay_work(member: Member, other: Member, today: date, now: datetime) -> dict[str, Any]:
    """Handed in, to be signed, objected to; and a job that has come to its end."""
    unit = Department.objects.create(term=member.term, name="提案委员会")
    propose(member, date(today.year, 2, 1), other, title="关于老旧小区改造的提案")
    commend(member, date(today.year, 3, 1))
    values = {"kind": "proposal", "body": "建议加装电梯。", "department": unit}
    writing = Submission.objects.create(
        member=member, title="关于加装电梯的提案", state="signing", version=3, **values
    )
    SubmissionFile.objects.create(submission=writing, file=upload("附图.pdf", PDF))
    SubmissionSigner.objects.create(submission=writing, member=other)
    sent = {"submitted_at": now}
    sent_back = Submission.objects.create(
        member=member, title="关于停车的提案", state="returned", answer="请补充依据。",
        **values, **sent,
    )  # fmt: skip
    taken_in = Submission.objects.create(
        member=member, title="关于路灯的提案", state="submitted", **values, **sent
    )
    theirs = Submission.objects.create(
        member=other, title="关于公交的提案", state="signing", **values
    )
    signer = SubmissionSigner.objects.create(submission=theirs, member=member)
    objections = []
    for label, acts in (("关于养老", ["filed"]), ("关于教育", ["filed", "answered"])):
        objection = Objection.objects.create(
            member=member, kind="speech", record_label=label, statement="题目不对。",
            state="explained" if "answered" in acts else "open", filed_at=now, due_date=today,
            settled_at=now if "answered" in acts else None,
        )  # fmt: skip
        for act in acts:
            ObjectionEntry.objects.create(objection=objection, act=act, text="经过如下。", at=now)
        objections.append(objection)
    job = Job.objects.create(
        task="reporting.tasks.export", title="履职情况表", owner=member.person.user, state="failed",
        queued_at=now, started_at=now, finished_at=now, message="没有可以导出的表。",
    )  # fmt: skip
    return {
        "writing": writing, "sent_back": sent_back, "taken_in": taken_in, "signer": signer,
        "objection": objections[0], "answered": objections[1], "job": job,
    }  # fmt: skip


def lay_matters(
    term: Term, member: Member, leader: Member, users: dict[str, User], now: datetime
) -> dict[str, Any]:
    """Interviews and a case of the member, still running; of another what was decided."""
    scene = Scene(term, member, leader, users)
    leader.person.user = users["leader"]
    leader.person.save()
    desk = Desk(term=term, **users)
    leaving = make_member(term, "0005", name="周帆", standing_from=term.start_date)
    user = account(leaving, "leaving")
    decided = decide(desk, to_submitted(desk, leaving, CaseKind.ADVISE_RESIGN_STANDING))
    return {
        "interview": notified(scene, scheduled_at=now + timedelta(days=3)),
        "held": held(scene),
        "case": pressed(desk, to_proposed(desk, member, CaseKind.ORDER_RESIGN_STANDING)),
        "decided": deliver_all(desk, decided),
        "application": apply_resignation(
            member=leaving, reason="身体原因", actor=user, at=now, on=timezone.localdate(now)
        ),
    }
