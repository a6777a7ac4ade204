"""The settings. Environments differ by variables only; `./qaita settings` lists them."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from qaita.config import env
from qaita.config.database import database_from

PACKAGE = Path(__file__).resolve().parents[1]
PROJECT = PACKAGE.parents[1]

DATA_DIR = Path(
    env.text("QAITA_DATA_DIR", str(PROJECT / "var"), "Folder of all data: database, log, files.")
)
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _lasting_secret() -> str:
    """Return the secret of this installation, made on the first start."""
    path = DATA_DIR / "secret_key"
    if not path.exists() or not path.stat().st_size:  # a full disk leaves an empty file
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


SECRET_KEY = env.secret("QAITA_SECRET_KEY", "", "Signs sessions.") or _lasting_secret()
DEBUG = env.flag("QAITA_DEBUG", False, "Show details of errors; never in the open.")
PUBLIC_ADDRESS = env.text(
    "QAITA_PUBLIC_ADDRESS", "http://127.0.0.1:8000", "Address under which people reach the site."
)
ALLOWED_HOSTS = env.text(
    "QAITA_ALLOWED_HOSTS", "127.0.0.1,localhost,testserver", "Host names answered, by commas."
).split(",")
HTTPS = env.flag("QAITA_HTTPS", False, "Served behind TLS: redirect, HSTS, secure cookies.")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "qaita.web",
    "qaita.console",
    "qaita.territory",
    "qaita.accounts",
    "qaita.ledger",
    "qaita.jobs",
    "qaita.networks",
    "qaita.turmys",
    "qaita.producers",
    "qaita.generation",
    "qaita.planning",
    "qaita.programme",
    "qaita.funding",
    "qaita.procurement",
    "qaita.works",
    "qaita.effects",
    "qaita.appeals",
    "qaita.disclosure",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "qaita.web.middleware.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "qaita.web.middleware.published_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "qaita.web.middleware.actor_and_instant",
    "qaita.config.refusing.refusals",
    "qaita.web.middleware.kind_errors",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "qaita.config.urls"
WSGI_APPLICATION = "qaita.config.wsgi.application"
ASGI_APPLICATION = "qaita.config.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "qaita.web.context.site",
            ],
            "builtins": ["qaita.web.templatetags.qaita"],
        },
    }
]
DATABASES = {
    "default": database_from(
        env.secret("DATABASE_URL", "", "postgresql://user:password@host/name; empty: SQLite."),
        DATA_DIR / "qaita.sqlite3",
    )
}
# Shared by the processes of the site: a one-time code taken by one is used up in the others too.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {"user_attributes": ("username", "email")},
        "MinimumLengthValidator": {"min_length": 10},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:home"
ACCOUNT_ADAPTER = "qaita.web.accounts.adapters.SignInAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Qaita"
ACCOUNT_FORMS = {"login": "qaita.web.accounts.forms.SignInForm"}
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_RATE_LIMITS = {"login_failed": None}  # axes counts these
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "portal:home"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# Too many wrong passwords for one name from one place: a quarter of an hour of rest.
AXES_FAILURE_LIMIT = env.number("QAITA_SIGN_IN_ATTEMPTS", 5, "Wrong passwords before a rest.")
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "qaita.web.accounts.signing_in.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
# Public writing doors: from one address so many an hour, and so many of them at once. Many people
# of one town may share an address, so the numbers stop floods of programs, not people.
PUBLIC_DOORS = {
    "appeal": (
        env.number("QAITA_APPEALS_AN_HOUR", 300, "Appeals one address may file; 0: any number."),
        env.number("QAITA_APPEALS_AT_ONCE", 60, "How many of them in one go."),
    ),
    "open311": (
        env.number("QAITA_OPEN311_AN_HOUR", 3600, "Appeals one Open311 key may file; 0: any."),
        env.number("QAITA_OPEN311_AT_ONCE", 600, "How many of them in one go."),
    ),
    "follow": (
        env.number("QAITA_FOLLOW_UPS_AN_HOUR", 120, "Tries of an appeal's key by one address."),
        env.number("QAITA_FOLLOW_UPS_AT_ONCE", 30, "How many of them in one go."),
    ),
}
PROXIES = env.number("QAITA_PROXIES", 0, "Proxies in front whose X-Forwarded-For is believed.")
BACKUP_MARK = DATA_DIR / "last_backup.json"  # what the last backup wrote down of itself
TURNSTILE_FILE = DATA_DIR / "cache" / "turnstile.sqlite3"
AXES_IPWARE_PROXY_COUNT = PROXIES or None
OIDC_ISSUER = env.text("QAITA_OIDC_ISSUER", "", "OpenID Connect provider; empty: passwords only.")
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_ADAPTER = "qaita.web.accounts.adapters.OuterSignInAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if OIDC_ISSUER:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "oidc",
                "name": env.text("QAITA_OIDC_NAME", "OpenID", "Name on the sign-in button."),
                "client_id": env.text("QAITA_OIDC_CLIENT", "", "Our name at the provider."),
                "secret": env.secret("QAITA_OIDC_SECRET", "", "Our secret at the provider."),
                "settings": {"server_url": OIDC_ISSUER},
            }
        ],
        "OAUTH_PKCE_ENABLED": True,
    }

# Outer systems; empty: a fake that keeps messages in memory and finds every signature in force.
MAIL_URL = env.secret("QAITA_MAIL_URL", "", "Apprise address for letters, with {to} in it.")
SMS_URL = env.secret("QAITA_SMS_URL", "", "Apprise address for text messages, with {to} in it.")
SIGNATURE_CHECK_URL = env.text(
    "QAITA_SIGNATURE_CHECK_URL", "", "Service that knows revoked certificates (NCANode's verify)."
)

USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Almaty"
LANGUAGE_CODE = "kk"
LANGUAGES = [("kk", _("Kazakh")), ("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [DATA_DIR / "locale"]
FORMAT_MODULE_PATH = ["qaita.config.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # no page names another; half the work of compressing
STATICFILES_DIRS = [path for path in [DATA_DIR / "static-src"] if path.exists()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "qaita.web.staticfiles.ForgivingManifestStorage"},
}
MEDIA_ROOT = DATA_DIR / "files"
SITE_DIR = DATA_DIR / "site"  # published pages: site/<height>/…, site/current
LEDGER_DIR = DATA_DIR / "ledger"  # tiles, checkpoints, key
LAKE_DIR = DATA_DIR / "lake"
PLANS_DIR = DATA_DIR / "plans"  # one folder per plan of the country: packages and proof
SEARCH_DIR = DATA_DIR / "search"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

VARIABLES = env.ASKED  # what `./qaita settings` lists
