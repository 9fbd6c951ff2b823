from django.db.models import TextChoices


class Branch(TextChoices):
    """三员分立: one person holds roles of one branch only (GB/T 22239-2019 8.1.4.2)."""

    BUSINESS = "business", "业务"
    ADMINISTRATION = "administration", "系统管理"
    AUDIT = "audit", "安全审计"


class Verb(TextChoices):
    """What an audit entry says was done."""

    CREATE = "create", "新增"
    UPDATE = "update", "修改"
    DELETE = "delete", "删除"
    IMPORT = "import", "导入"
    EVALUATE = "evaluate", "履职考核"
    DECIDE = "decide", "处理发现"
    EXPORT = "export", "导出"
    VIEW = "view", "查看敏感信息"
    SIGN_IN = "sign_in", "登录"
    SIGN_IN_FAILED = "sign_in_failed", "登录失败"
    SIGN_OUT = "sign_out", "退出登录"
    CHANGE_PASSWORD = "change_password", "修改密码"
    DENIED = "denied", "拒绝访问"
    JOB = "job", "后台任务"


class JobState(TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"
