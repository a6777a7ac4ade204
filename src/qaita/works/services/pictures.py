"""Taking in evidence: decoded, placed, compared with every other picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qaita.kernel.actor import Actor
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Wrong
from qaita.kernel.ids import derived_code
from qaita.ledger.services import record
from qaita.works.corridor import distance_to_line_m
from qaita.works.models import DayReport, Evidence, Site, Stage
from qaita.works.pictures import LIKENESS_BITS, Picture, bits_apart, read_picture
from qaita.works.queries import design_of, rules_of
from qaita.works.services.permissions import hold_site, require_side

# Clocks of telephones run a little ahead.
AHEAD = timedelta(minutes=10)


@dataclass(frozen=True)
class Snapshot:
    """A picture as it was sent, with what its sender says of it.

    The place the device told is used only when the picture itself tells none.
    """

    data: bytes
    stage: str
    caption: str = ""
    lon_deg: float | None = None
    lat_deg: float | None = None


def record_evidence(
    site: Site,
    snapshot: Snapshot,
    *,
    report: DayReport | None = None,
    by: Actor,
    at: datetime,
) -> Evidence:
    """Take in a picture. One from elsewhere, another time or used before is kept but flagged."""
    require_side("evidence.record", site, ("supplier", "supervisor"), by)
    if snapshot.stage not in Stage.values:
        raise Wrong({"stage": [_("Choose the stage: before, during or after.")]})
    picture = read_picture(snapshot.data)
    path = _keep_public_copy(picture)
    with transaction.atomic():
        hold_site(site)
        row = _row(site, snapshot, picture, by=by, at=at)
        row.report, row.public_path = report, path
        row.same_as = _twin_of(picture)
        row.flags = _flags(row, site, at=at)
        row.save()
        facts = {
            "site": site.code,
            "stage": row.stage,
            "sha256": row.sha256,
            "taken_at": row.taken_at,
            "flags": row.flags,
            "marks": row.marks.partition(" ")[0],
        }
        record("evidence.record", row.code, by=by, at=at, facts=facts)
    return row


def record_evidence_many(
    site: Site,
    snapshots: Sequence[Snapshot],
    *,
    report: DayReport | None = None,
    by: Actor,
    at: datetime,
) -> list[Evidence]:
    """Take in several pictures of one site, all or none."""
    with transaction.atomic():
        return [
            record_evidence(site, snapshot, report=report, by=by, at=at) for snapshot in snapshots
        ]


def _row(site: Site, snapshot: Snapshot, picture: Picture, *, by: Actor, at: datetime) -> Evidence:
    own = picture.lon_deg is not None
    lon_deg = picture.lon_deg if own else snapshot.lon_deg
    lat_deg = picture.lat_deg if own else snapshot.lat_deg
    code = derived_code("EV", site.code, picture.sha256, site.evidence.count())
    row = Evidence(
        code=code,
        site=site,
        stage=snapshot.stage,
        caption=snapshot.caption.strip()[:250],
        sha256=picture.sha256,
        public_sha256=picture.public_sha256,
        size_bytes=picture.size_bytes,
        width=picture.width,
        height=picture.height,
        taken_at=picture.taken_at,
        lon_deg=lon_deg,
        lat_deg=lat_deg,
        marks=picture.marks,
        received_at=at,
        sent_by=by.code,
    )
    if lon_deg is not None and lat_deg is not None:
        row.distance_m = distance_to_line_m(lon_deg, lat_deg, design_of(site.sections.all()))
        row.flags = [] if own else ["place_told"]
    return row


def _keep_public_copy(picture: Picture) -> str:
    """Keep the copy under its own hash: the same picture is kept once, and never changes."""
    name = picture.public_sha256
    path = f"evidence/{name[:2]}/{name}.jpg"
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(picture.public))
    return path


def _twin_of(picture: Picture) -> Evidence | None:
    """Return the earlier picture that is the same or nearly so."""
    same = Evidence.objects.filter(sha256=picture.sha256).first()
    if same is not None:
        return same
    others = list(Evidence.objects.values_list("pk", "marks"))
    apart = bits_apart(picture.marks, [marks for _pk, marks in others])
    if len(apart) and apart.min() <= LIKENESS_BITS:
        return Evidence.objects.get(pk=others[int(apart.argmin())][0])
    return None


def _flags(row: Evidence, site: Site, *, at: datetime) -> list[str]:
    flags = list(row.flags)
    if row.distance_m is None:
        flags.append("no_place")
    elif row.distance_m > rules_of(site).evidence_max_m:
        flags.append("outside")
    if row.taken_at is None:
        flags.append("no_time")
    elif row.taken_at > at + AHEAD or day_of(row.taken_at) < site.opened_on:
        flags.append("other_time")
    if row.same_as is not None:
        flags.append("reused")
    return flags
