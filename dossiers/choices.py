from django.db.models import TextChoices


class HandInKind(TextChoices):
    ANNUAL_RETURN = "annual_return", "履职情况登记表"
    PERFORMANCE_REPORT = "performance_report", "述职报告"
    PERFORMANCE_FORM = "performance_form", "述职表"
    ANNUAL_DUTY_REPORT = "annual_duty_report", "年度履职报告"
    TERM_DUTY_REPORT = "term_duty_report", "届末履职报告"


class ObjectionState(TextChoices):
    OPEN = "open", "待答复"
    CORRECTED = "corrected", "已更正"
    EXPLAINED = "explained", "已说明"
    WITHDRAWN = "withdrawn", "已撤回"


class ObjectionAct(TextChoices):
    """A step in the history of an objection; both sides read it."""

    FILED = "filed", "提出异议"
    ANSWERED = "answered", "答复"
    REOPENED = "reopened", "再次提出"
    PASSED_ON = "passed_on", "转交"
    WITHDRAWN = "withdrawn", "撤回"


class Audience(TextChoices):
    """Who owes a paper of a campaign."""

    ALL = "all", "全体委员"
    STANDING = "standing", "常委"


class PaperState(TextChoices):
    """The life of a form: 起草 → 提交 ⇄ 退回 → 审核通过 → 归档."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "退回修改"
    VERIFIED = "verified", "已审核"
    ARCHIVED = "archived", "已归档"


class PaperAct(TextChoices):
    SUBMITTED = "submitted", "提交"
    RETURNED = "returned", "退回修改"
    VERIFIED = "verified", "审核通过"
    REOPENED = "reopened", "重新审核"
    ARCHIVED = "archived", "归档"


class ReturnBlock(TextChoices):
    """The blocks of the 履职情况登记表, in its order."""

    MEETINGS = "meetings", "参加市政协会议"
    PROPOSALS = "proposals", "提交提案"
    FIELDWORK = "fieldwork", "开展调研、视察活动"
    OPINIONS = "opinions", "反映社情民意信息"
    SPEECHES = "speeches", "会议发言"
    THEMED = "themed", "参与主题活动"
    DUTY_REPORTS = "duty_reports", "提交履职报告"
    CONDUCT = "conduct", "奖惩等情况"


class BlockVerdict(TextChoices):
    WAITING = "waiting", "待审核"
    AGREED = "agreed", "无误"
    TO_MEND = "to_mend", "退回修改"


class DeclaredState(TextChoices):
    """Of what a member declares beside the records.

    Accepted, it prints on the form as declared; entered, the record itself prints instead.
    """

    DECLARED = "declared", "待核实"
    ACCEPTED = "accepted", "已采纳"
    ENTERED = "entered", "已录入记录"
    REJECTED = "rejected", "未采纳"


class SubmissionKind(TextChoices):
    OPINION = "opinion", "社情民意信息"
    RESEARCH = "research", "自主调研报告"
    PROPOSAL = "proposal", "提案"
    SPEECH = "speech", "会议发言"
    ARTICLE = "article", "发表文章"
    INVITATION = "invitation", "外单位活动"
    COMMENDATION = "commendation", "奖励"


class SubmissionState(TextChoices):
    DRAFT = "draft", "草稿"
    SIGNING = "signing", "等待联名"
    SUBMITTED = "submitted", "待受理"
    RETURNED = "returned", "退回修改"
    ACCEPTED = "accepted", "已受理"
    DECLINED = "declined", "不予受理"
    WITHDRAWN = "withdrawn", "已撤回"


class SignerState(TextChoices):
    ASKED = "asked", "待答复"
    AGREED = "agreed", "同意联名"
    DECLINED = "declined", "不参加联名"
