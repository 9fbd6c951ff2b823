"""All settings, driven by environment variables; the README lists them."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.urls import reverse, reverse_lazy

from config.navigation import DESK, MEMBERS

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name: str, *, default: bool) -> bool:
    return os.environ.get(name, str(default)).lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def kept_secret(path: Path) -> str:
    """A secret made once, in a file only its owner can read; processes starting together agree."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text().strip()


# Where everything is kept -------------------------------------------------------------------
DATA_DIR = Path(os.environ.get("DATA_DIR", BASE_DIR / "var")).resolve()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # records and keys: for this user alone
for folder in ("private", "fonts", "broker/queue", "broker/control", "broker/processed"):
    (DATA_DIR / folder).mkdir(parents=True, exist_ok=True)

# Security -----------------------------------------------------------------------------------
DEBUG = flag("DEBUG", default=False)
SECRET_KEY = os.environ.get("SECRET_KEY") or kept_secret(DATA_DIR / "secret_key")
#: Seals the audit trail; kept apart from SECRET_KEY so that either can be replaced alone.
AUDIT_KEY = os.environ.get("AUDIT_KEY") or kept_secret(DATA_DIR / "audit_key")
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
#: How many reverse proxies of ours stand in front; 0 = X-Forwarded-For is not believed.
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))
#: On when the site is served over HTTPS (directly or by a reverse proxy).
HTTPS = flag("HTTPS", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 8 * 3600
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "accounts.views.errors.form_expired"
#: `__Host-`: a browser takes such a cookie over HTTPS only, and from no neighbouring host.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
#: Nothing from outside, nothing written into a page; the office's theme alone is given more
#: (accounts.views.limits).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# Applications -------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "axes",
    "csp",
    "core",
    "accounts",
    "members",
    "attendance",
    "proposals",
    "dossiers",
    "assessments",
    "exits",
    "reporting",
]
MIDDLEWARE = [
    "core.requests.TraceMiddleware",
    "core.requests.ReadableTextMiddleware",
    "core.requests.RequestSizeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.views.limits.SessionLimitsMiddleware",
    "accounts.views.limits.PasswordDueMiddleware",
    "accounts.views.errors.RefusalMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.views.limits.DeskPolicyMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database -----------------------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}"),
        conn_max_age=600,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sign-in ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = reverse_lazy("accounts:session-create")
#: Where those without an office's desk arrive; the office arrives at the desk.
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL
#: Minutes without a request after which a session ends: at the office's desk, and for members.
STAFF_IDLE_MINUTES = int(os.environ.get("STAFF_IDLE_MINUTES", "15"))
MEMBER_IDLE_MINUTES = int(os.environ.get("MEMBER_IDLE_MINUTES", "30"))
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = "accounts.services.sign_in.lockout_parameters"
AXES_CLIENT_IP_CALLABLE = "core.requests.client_address"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Passwords ----------------------------------------------------------------------------------
#: "dengbao" follows GB/T 22239-2019, "asvs" OWASP ASVS 5.0 (long, no forced mixture, no expiry).
PASSWORD_PROFILE = os.environ.get("PASSWORD_PROFILE", "dengbao")
PASSWORD_LENGTH = {"dengbao": 10, "asvs": 12}[PASSWORD_PROFILE]
PASSWORD_DAYS = {"dengbao": 90, "asvs": 0}[PASSWORD_PROFILE]
PASSWORDS_REMEMBERED = {"dengbao": 5, "asvs": 0}[PASSWORD_PROFILE]
#: Words of the house that no password may contain.
PASSWORD_WORDS = words("PASSWORD_WORDS", "政协,履职,zhengxie,lvzhi,cppcc,萍乡,pingxiang")
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {
        "NAME": "core.passwords.ContextWordsValidator",
        "OPTIONS": {"words": PASSWORD_WORDS},
    },
]
if PASSWORD_PROFILE == "dengbao":
    AUTH_PASSWORD_VALIDATORS.append({"NAME": "core.passwords.CharacterClassesValidator"})

# Language and time --------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "core" / "locale"]

# Files --------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    #: Uploads and products; never served by address, only by a view that checks who asks.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_DIR / "private",
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
}
FONTS_DIR = DATA_DIR / "fonts"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
#: Bytes of a whole request: the largest workbook we take (10 MB) and the form around it.
LARGEST_REQUEST = 12 * 1024 * 1024

# Background work ----------------------------------------------------------------------------
REDIS_URL = os.environ.get("REDIS_URL", "")
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 1}
else:
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(DATA_DIR / "broker" / "queue"),
        "data_folder_out": str(DATA_DIR / "broker" / "queue"),
        "processed_folder": str(DATA_DIR / "broker" / "processed"),
        "control_folder": str(DATA_DIR / "broker" / "control"),
        "store_processed": False,
    }
CELERY_BEAT_SCHEDULE = {
    "年度考核": {
        "task": "exits.tasks.run_last_year",
        # Each night: the run is entered once, on 1 January or as soon after it as the system is
        # up again, and once more where the year's forms are due later.
        "schedule": crontab(hour="0", minute="30"),
    },
    "年度填报提醒": {
        # Each reminder is sent once a member, however often this is called.
        "task": "reporting.tasks.remind_campaigns",
        "schedule": crontab(hour="8", minute="30"),
    },
    "找回中断的任务": {
        "task": "accounts.tasks.requeue_lost_jobs",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "清除过期的登录": {
        "task": "accounts.tasks.clear_expired_sessions",
        "schedule": crontab(hour="3", minute="10"),
    },
}

# Notices going out of the house ------------------------------------------------------------
#: Classes derived from members.services.channels.Channel; none = notices are read in the app only.
NOTICE_CHANNELS = words("NOTICE_CHANNELS")
#: The address of the site as its users type it, for links in messages.
SITE_URL = os.environ.get("SITE_URL", "").rstrip("/")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_PASSWORD", "")
EMAIL_USE_SSL = flag("EMAIL_SSL", default=False)
EMAIL_USE_TLS = flag("EMAIL_TLS", default=False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "") or EMAIL_HOST_USER or "lvzhi@localhost"
SMS_GATEWAY_URL = os.environ.get("SMS_GATEWAY_URL", "")
SMS_GATEWAY_TOKEN = os.environ.get("SMS_GATEWAY_TOKEN", "")

# REST API -----------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.OwnPassword"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["accounts.api.bodies.ShallowJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "accounts.api.schema.ChineseSchema",
    "DEFAULT_PAGINATION_CLASS": "accounts.api.lists.Pages",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "accounts.api.errors.answer_error",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "20/min", "user": "600/min"},
    "NUM_PROXIES": TRUSTED_PROXIES,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "政协委员履职管理 API",
    "DESCRIPTION": (
        "只读为主：名册、记录、事实、考核发现与导出。所见范围与网页相同，按账号的角色与所属单位而定；"
        "无权查看的记录一律答复 404。以会话或令牌（Authorization: Bearer …）登录。"
    ),
    "VERSION": "1.0.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "accounts.api.schema.describe_errors",
    ],
    "ENUM_NAME_OVERRIDES": {
        "Gender": "members.choices.Gender",
        "Party": "members.choices.Party",
        "Post": "members.choices.Post",
        "Level": "members.choices.Level",
        "SanctionKind": "members.choices.SanctionKind",
        "ConductKind": "members.choices.ConductKind",
        "RecordKind": "members.choices.RecordKind",
        "MeetingKind": "attendance.choices.MeetingKind",
        "AttendanceStatus": "attendance.choices.AttendanceStatus",
        "SpeechManner": "attendance.choices.SpeechManner",
        "SpeechOccasion": "attendance.choices.SpeechOccasion",
        "ExaminationResult": "proposals.choices.ExaminationResult",
        "HandlingResult": "proposals.choices.HandlingResult",
        "AdoptionLevel": "proposals.choices.AdoptionLevel",
        "ResearchKind": "proposals.choices.ResearchKind",
        "PublicationLevel": "proposals.choices.PublicationLevel",
        "HandInKind": "dossiers.choices.HandInKind",
        "NoticeKind": "members.choices.NoticeKind",
        "Capacity": "attendance.choices.Capacity",
        "Reply": "attendance.choices.Reply",
        "Participation": "attendance.choices.Participation",
        "ReportState": "members.choices.ReportState",
        "RequestState": "attendance.choices.RequestState",
        "ObjectionState": "dossiers.choices.ObjectionState",
        "TopicState": "proposals.choices.TopicState",
        "PaperState": "dossiers.choices.PaperState",
        "SubmissionState": "dossiers.choices.SubmissionState",
        "SubmissionKind": "dossiers.choices.SubmissionKind",
        "SignerState": "dossiers.choices.SignerState",
        "ReturnBlock": "dossiers.choices.ReturnBlock",
        "BlockVerdict": "dossiers.choices.BlockVerdict",
        "DeclaredState": "dossiers.choices.DeclaredState",
        "Outcome": "assessments.choices.Outcome",
        "FindingState": "assessments.choices.FindingState",
        "SubjectKind": "assessments.choices.SubjectKind",
        "FindingEventKind": "assessments.choices.FindingEventKind",
        "JobState": "accounts.choices.JobState",
        "RoleCode": "accounts.roles.RoleCode",
    },
}

# Office screens -----------------------------------------------------------------------------
UNFOLD = DESK
MEMBER_MENU = MEMBERS
#: A member's own page is their dossier, which lives above the register that links to it.
ABSOLUTE_URL_OVERRIDES = {
    "members.member": lambda member: reverse(
        "admin:reporting_dutydossier_change", args=[member.pk]
    ),
    "proposals.topic": lambda topic: reverse("reporting:topic-detail", args=[topic.pk]),
    "assessments.finding": lambda finding: (
        reverse("exits:suggestion-detail", args=[finding.member_id]) if finding.member_id else ""
    ),
}
