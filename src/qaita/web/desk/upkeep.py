"""The administrator's home: jobs, the ledger, backups, people without a second factor, keys."""

import json
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Case, Count, Exists, OuterRef, Q, When, Window
from django.urls import reverse
from django.utils.translation import gettext as _

from qaita.accounts.models import ApiKey, Person
from qaita.jobs.models import Job
from qaita.kernel.clock import day_of
from qaita.ledger.errors import BrokenLog
from qaita.ledger.models import Entry
from qaita.ledger.queries import facts_of, height, published_checkpoint
from qaita.web.desk.items import QueueItem
from qaita.web.desk.jobs import job_words
from qaita.web.desk.panels import Panel, PanelLine
from qaita.web.formats import day_text, instant_words, number_text
from qaita.web.middleware import Request

SHOWN = 5
RECENT = timedelta(days=7)
BACKUP_EVERY = timedelta(days=7)
REPLAY_EVERY = timedelta(hours=36)
KEY_NOTICE = timedelta(days=30)
REPLAY = "ledger.replay"


def upkeep_panels(request: Request) -> list[Panel]:
    """Return the cards of the administrator's home."""
    return [_jobs(request), _ledger(request), _backups(request), _people(), _keys(request)]


def queue(request: Request) -> list[QueueItem]:
    """Return what an administrator must look at: failures, a broken log, a missing backup."""
    if not request.actor.has("sysadmin"):
        return []
    failed = [job for job in _seen_jobs(request) if job.outcome == "failed"]
    url = f"{reverse('desk:jobs')}?outcome=failed"
    items = [
        _item(_("A job failed"), f"{job_words(job.kind)}: {job.message}"[:160], url, "bad")
        for job in failed
    ]
    made_at = _made_at(last_backup())
    if made_at is None or made_at < request.at - BACKUP_EVERY:
        text = _("None was made from here yet.")
        if made_at:
            text = _("The last one was made %(at)s.") % {"at": instant_words(made_at, short=True)}
        how = _("./qaita backup FILE keeps everything in one file.")
        home = f"{reverse('desk:home')}?role=sysadmin"
        items.append(_item(_("Make a backup"), f"{text} {how}", home, "warn"))
    return items


def _item(title: str, text: str, url: str, tone: str) -> QueueItem:
    return QueueItem(title, text, url, tone=tone, role="sysadmin")


def _made_at(told: dict[str, Any]) -> datetime | None:
    """Return when the last backup was made."""
    return datetime.fromisoformat(told["at"]) if told.get("at") else None


def last_backup() -> dict[str, Any]:
    """Return what the last backup of this installation wrote down of itself."""
    try:
        told = json.loads(settings.BACKUP_MARK.read_text())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _seen_jobs(request: Request) -> list[Any]:
    """Return a few jobs of these days, the failed first, each with how many there are of a kind."""
    found: list[Any] | None = getattr(request, "seen_jobs", None)
    if found is None:
        alive = Q(outcome__in=("waiting", "running")) | Q(ended_at__gte=request.at - RECENT)
        counts = {
            f"all_{name}": Window(Count("pk", filter=Q(outcome=name)))
            for name in ("waiting", "running", "done", "failed")
        }
        rows = Job.objects.filter(alive).annotate(**counts)
        bad_first = Case(When(outcome="failed", then=0), default=1)
        found = list(rows.order_by(bad_first, "-ended_at", "-pk")[:SHOWN])
        request.seen_jobs = found  # type: ignore[attr-defined]  # for the queue and the card alike
    return found


def _jobs(request: Request) -> Panel:
    first = next(iter(_seen_jobs(request)), None)
    url = reverse("desk:jobs")
    names = (
        ("waiting", _("Waiting"), ""),
        ("running", _("Running"), ""),
        ("done", _("Done in seven days"), "good"),
        ("failed", _("Failed in seven days"), "bad"),
    )
    counts = {name: getattr(first, f"all_{name}", 0) for name, _words, _tone in names}
    lines = [
        PanelLine(
            words, number_text(counts[name]), f"{url}?outcome={name}", tone if counts[name] else ""
        )
        for name, words, tone in names
    ]
    return Panel(_("Jobs"), lines, "", url, _("All jobs"))


def _ledger(request: Request) -> Panel:
    top, lines = height(), []
    try:
        checkpoint = published_checkpoint()
    except BrokenLog as broken:
        lines.append(PanelLine(_("Checkpoint"), _("does not fit"), "", "bad", str(broken)))
    else:
        behind = top - checkpoint.size
        words = (
            _("%(count)s behind") % {"count": number_text(behind)} if behind else _("up to date")
        )
        size = _("%(count)s entries signed") % {"count": number_text(checkpoint.size)}
        lines.append(PanelLine(_("Checkpoint"), words, "", "warn" if behind else "good", size))
    lines.append(_replay(request))
    more = reverse("portal:ledger")
    title = PanelLine(_("Entries"), number_text(top), more)
    note = _("./qaita ledger verify checks the published files; ./qaita ledger replay every row.")
    return Panel(_("Public ledger"), [title, *lines], "", more, _("The ledger's page"), note)


def _replay(request: Request) -> PanelLine:
    """Return what the last nightly replay found."""
    last = Entry.objects.filter(kind=REPLAY).order_by("-id").first()
    words = _("Nightly replay of all rows")
    if last is None:
        return PanelLine(words, _("not run yet"), "", "muted")
    found = int(facts_of(last).get("drifts", 0))
    old = last.at < request.at - REPLAY_EVERY
    told = (
        _("%(count)s rows differ") % {"count": number_text(found)} if found else _("all rows fit")
    )
    url = f"{reverse('portal:ledger')}?kind={REPLAY}"
    tone = "bad" if found else "warn" if old else "good"
    return PanelLine(words, told, url, tone, instant_words(last.at, short=True))


def _backups(request: Request) -> Panel:
    told = last_backup()
    note = _("./qaita restore FILE brings everything back from a backup.")
    lines = []
    if made_at := _made_at(told):
        tone = "good" if made_at >= request.at - BACKUP_EVERY else "warn"
        size = _("%(mb)s MB, %(files)s files") % {
            "mb": number_text(told.get("bytes", 0) / 1e6, 1),
            "files": number_text(told.get("files", 0)),
        }
        lines.append(
            PanelLine(_("Last backup"), instant_words(made_at, short=True), "", tone, size)
        )
        lines.append(PanelLine("SHA-256", str(told.get("sha256", ""))[:16] + "…"))
    return Panel(_("Backups"), lines, _("No backup was made from here yet."), note=note)


def _people() -> Panel:
    totp = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    counts = Person.objects.filter(is_active=True).aggregate(
        every=Count("pk"),
        bare=Count("pk", filter=~Exists(totp)),
        unseen=Count("pk", filter=Q(last_login=None)),
    )
    url = reverse("accounts:people")
    lines = [
        PanelLine(_("May sign in"), number_text(counts["every"]), f"{url}?is_active=True"),
        PanelLine(
            _("Without a second factor"), number_text(counts["bare"]), f"{url}?factor=none",
            "warn" if counts["bare"] else "good",
        ),
        PanelLine(_("Never signed in yet"), number_text(counts["unseen"]), f"{url}?seen=never"),
    ]  # fmt: skip
    return Panel(_("People"), lines, "", url, _("People and roles"))


def _keys(request: Request) -> Panel:
    alive = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=request.at))
    soon = request.at + KEY_NOTICE
    rows = ApiKey.objects.filter(alive).select_related("person")
    counted = rows.annotate(
        every=Window(Count("pk")),
        endless=Window(Count("pk", filter=Q(expires_at=None))),
        ending=Window(Count("pk", filter=Q(expires_at__lte=soon))),
    )
    newest = list(counted.order_by("-made_at", "code")[:SHOWN])
    every, endless, ending = (
        getattr(newest[0], name) if newest else 0 for name in ("every", "endless", "ending")
    )
    lines = [
        PanelLine(_("In force"), number_text(every)),
        PanelLine(_("Without an end"), number_text(endless)),
        PanelLine(_("Ending by %(day)s") % {"day": day_text(day_of(soon), short=True)},
                  number_text(ending), "", "warn" if ending else ""),
        *(
            PanelLine(row.name, day_text(row.made_at, short=True), "", "", row.person.username)
            for row in newest
        ),
    ]  # fmt: skip
    return Panel(_("API keys"), lines)
