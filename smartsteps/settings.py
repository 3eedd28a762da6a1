"""Django's settings, all of them; what differs between installations comes from `env`."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from smartsteps.env import REPO, load

ENV = load()

# Read by numpy when it comes. Many threads serve already: those of its own would get in their way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key.get_secret_value()
ENCRYPTION_KEYS = ENV.encryption_keys.get_secret_value()
ALLOWED_HOSTS = [host.strip() for host in ENV.allowed_hosts.split(",")]
DATA_DIR = ENV.data_dir
PUBLIC_URL = ENV.public_url.rstrip("/")
TRUSTED_PROXIES = ENV.trusted_proxies

INSTALLED_APPS = [
    "smartsteps.embedded",
    "smartsteps.wire",
    "smartsteps.admin_site.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "apps.accounts",
    "apps.jobs",
    "apps.realtime",
    "apps.llm",
    "apps.webhooks",
    "apps.clients",
    "apps.personas",
    "apps.safety",
    "apps.measures",
    "apps.sessions",
    "apps.analysis",
    "apps.characters",
]

MIDDLEWARE = [
    "smartsteps.wire.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "smartsteps.wire.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "smartsteps.wire.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "smartsteps.back_office.LocalTimeMiddleware",
]
# Bearer tokens are all that the API goes by: no cookie, form or file of a page is looked for.
API_PREFIX = "/api/"
API_MIDDLEWARE = [
    "smartsteps.wire.middleware.RequestContextMiddleware",
    "smartsteps.wire.middleware.SafetyHeadersMiddleware",
    "smartsteps.wire.middleware.BodyLimitMiddleware",
    "django.middleware.common.CommonMiddleware",
]

ROOT_URLCONF = "smartsteps.urls"
ASGI_APPLICATION = "smartsteps.asgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [REPO / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": "smartsteps.lib.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or 5432),
        # Under ASGI a lasting CONN_MAX_AGE leaks connections; the pool keeps a fixed number.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,  # the backend looks itself, see lib.postgresql
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 20, "timeout": 5},
            # jit=off: to compile a query of a millisecond takes it a hundred.
            "options": f"-c statement_timeout={ENV.statement_timeout_ms} -c jit=off "
            "-c idle_in_transaction_session_timeout=10000",
        },
    }


DATABASES = {"default": _database(ENV.database_url.get_secret_value())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = ENV.redis_url.get_secret_value()
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 would otherwise drop an idle subscription after its default 5 s.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["apps.accounts.backends.EmailOrUsernameBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"

TOKEN_LIFETIME = timedelta(hours=24)
LOGIN_LIFETIME = timedelta(days=30)  # a chain of rotated tokens ends here, whatever happens
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": TOKEN_LIFETIME,
    "ALGORITHM": "HS256",
    "SIGNING_KEY": SECRET_KEY,
    "AUDIENCE": "smartsteps-api",
    "ISSUER": "smartsteps",
    "CHECK_REVOKE_TOKEN": True,
    "UPDATE_LAST_LOGIN": False,
}
RATE_LIMITS = ENV.security.rate_limiting

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["smartsteps.wire.json.StrictJSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "smartsteps.wire.json.Negotiation",
    "DEFAULT_PARSER_CLASSES": ["smartsteps.wire.json.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Smart Steps API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "TAGS": [
        {"name": "Authentication", "description": "Tokens, passwords and API keys."},
        {"name": "Clients", "description": "The people in care, and what they consented to."},
        {"name": "Personas", "description": "The AI professionals a session can be held with."},
        {"name": "Sessions", "description": "Sessions, their messages and their notes."},
        {"name": "Webhooks", "description": "What happens here, told to other systems."},
    ],
}

LLM_PROVIDER = ENV.llm_provider or (
    "openai" if ENV.openai_api_key.get_secret_value() else "offline"
)
LLM_MODEL = ENV.llm_model
LLM_TIMEOUT_S = ENV.llm_timeout_s
LLM_MAX_RETRIES = ENV.llm_max_retries
OPENAI_API_KEY = ENV.openai_api_key.get_secret_value()
OPENAI_BASE_URL = ENV.openai_base_url

PRIVATE_WEBHOOK_NETWORKS = ENV.private_webhooks

BODY_LIMIT_BYTES = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = BODY_LIMIT_BYTES
FRAME_LIMIT_BYTES = 64 * 1024
FRAMES_PER_SECOND = 20  # per socket, refilled continuously, with a burst of twice that
SLOW_READER_FRAMES = 256
EVENT_RETENTION = timedelta(days=30)

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
FORMAT_MODULE_PATH = "smartsteps.formats"
USE_TZ = True

STATIC_URL = "/static/"
# WhiteNoise serves the files from where they are, so there is nothing to collect.
STATICFILES_DIRS = [REPO / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
_HTTPS = PUBLIC_URL.startswith("https://")
SECURE_HSTS_SECONDS = 31536000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "smartsteps.wire.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

DEFAULT_FROM_EMAIL = ENV.default_from_email


def _email(url: str) -> dict[str, Any]:
    """`smtp://user:password@host:port` (or `smtps://`); without it mail goes to files."""
    parts = urlsplit(url)
    if not parts.hostname:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": DATA_DIR / "mail",
        }
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or 587,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_TIMEOUT": 10,
    }


globals().update(_email(ENV.email_url.get_secret_value()))
EMAIL_CONFIGURED = bool(ENV.email_url.get_secret_value())
ON_CALL_EMAILS = [mail.strip() for mail in ENV.on_call_emails.split(",") if mail.strip()]
DEFAULT_COUNTRY = ENV.default_country.upper() or None
LOAD_EARLY = ENV.load_early

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "smartsteps.lib.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": ENV.log_level},
    "loggers": {
        # Both would log paths with query strings, tokens and names included.
        "django.request": {"level": "ERROR"},
        "django.channels.server": {"level": "ERROR"},
    },
}

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # The broker is a doorbell: a request that can't ring it goes on at once, the sweep rings later.
    # So a message is gone when it is taken. What kombu 5.7 does in Redis to give it back again
    # fails when the connection is lost at that moment, and its error ends the worker.
    "ack_emulation": False,
    "socket_timeout": 3,
    "socket_connect_timeout": 1,
    "max_retries": 0,
}
CELERY_TASK_ACKS_LATE = True  # a worker takes no more messages than it has processes
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 60
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_DB_REUSE_MAX = 1_000_000_000  # see smartsteps/celery.py
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "jobs.sweep", "schedule": 1.0, "options": {"expires": 3}},
    "remind-of-safety-events": {
        "task": "safety.remind",
        "schedule": 5.0,
        "options": {"expires": 4},
    },
    "fold-tally": {"task": "sessions.fold_tally", "schedule": 10.0, "options": {"expires": 8}},
    "purge-events": {"task": "realtime.purge", "schedule": 3600.0, "options": {"expires": 600}},
    "purge-deliveries": {"task": "webhooks.purge", "schedule": 3600.0, "options": {"expires": 600}},
    "purge-characters": {
        "task": "characters.purge",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
