"""Sites, acts, effects, and the story of a section. Nothing here takes a length."""

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from qaita.disclosure.queries import Figure, Step, Trace, trace_of
from qaita.effects.queries import Effect, effect_of, effects_by_service
from qaita.kernel.clock import day_of, now
from qaita.kernel.errors import Missing
from qaita.kernel.ids import read_code
from qaita.ledger.leaves import json_value
from qaita.programme.queries import get_project
from qaita.works.models import Act, AsBuilt, Evidence, Site
from qaita.works.queries import (
    acts_of,
    checks_missing,
    get_act,
    get_site,
    sides_signed,
    sites_of,
)

router = Router(tags=["works"])


def known(code: str) -> str:
    """Return a code in its written form, or raise Missing when it cannot be one."""
    read = read_code(code)
    if read is None:
        raise Missing("thing", code)
    return read


class SiteOut(Schema):
    """A building site."""

    code: str
    project: str
    contract: str
    supplier: str
    service: str
    region_kato: str
    state: str
    opened_on: date
    started_on: date | None
    due_on: date
    completed_on: date | None


class EvidenceOut(Schema):
    """A picture: its hash, time, distance from the design line, and what is doubtful about it."""

    code: str
    stage: str
    sha256: str
    taken_at: datetime | None
    distance_m: float | None
    flags: list[str]
    same_as: str | None
    url: str


class LineOut(Schema):
    """A line as laid, against its design."""

    code: str
    state: str
    replaces: list[str]
    section: str | None
    length_m: float
    design_length_m: float
    deviation_m: float
    material: str
    diameter_mm: float | None
    laid_on: date
    checks_missing: list[str]


class SiteWhole(SiteOut):
    """A site with its pictures and lines."""

    evidence: list[EvidenceOut]
    lines: list[LineOut]
    acts: list[str]


class SignatureOut(Schema):
    """Who signed, in which role, when."""

    role: str
    person: str
    at: datetime


class ActOut(Schema):
    """An act of acceptance. Its length is summed from geometry."""

    code: str
    site: str
    project: str
    contract: str
    state: str
    length_m: float
    amount_kzt: Decimal
    penalty_kzt: Decimal
    delay_days: int
    document_sha256: str
    accepted_at: datetime | None
    warranty_until_on: date | None
    signatures: list[SignatureOut]
    sections: list[str]


class EffectOut(Schema):
    """Failures per kilometre and year before and after, with exact 95 % bounds."""

    subject: str
    verdict: str
    enough: bool
    sentence: str
    days_after: int
    expected_after: float
    failures_before: int | None
    failures_after: int | None
    km_years_before: float | None
    km_years_after: float | None
    before_per_km_year: float | None
    before_bounds: list[float] | None
    after_per_km_year: float | None
    after_bounds: list[float] | None


def _site(site: Site) -> dict[str, Any]:
    return {
        "code": site.code,
        "project": site.project.code,
        "contract": site.contract.code,
        "supplier": site.supplier.code,
        "service": site.service,
        "region_kato": site.region_kato,
        "state": site.state,
        "opened_on": site.opened_on,
        "started_on": site.started_on,
        "due_on": site.ends_on,
        "completed_on": site.completed_on,
    }


def _evidence(picture: Evidence) -> dict[str, Any]:
    return {
        "code": picture.code,
        "stage": picture.stage,
        "sha256": picture.sha256,
        "taken_at": picture.taken_at,
        "distance_m": picture.distance_m,
        "flags": picture.flags,
        "same_as": picture.same_as.code if picture.same_as else None,
        "url": f"/files/evidence/{picture.code}.jpg",
    }


def _line(line: AsBuilt) -> dict[str, Any]:
    return {
        "code": line.code,
        "state": line.state,
        "replaces": [section.code for section in line.replaces.all()],
        "section": line.section.code if line.section else None,
        "length_m": round(line.length_m, 3),
        "design_length_m": round(line.design_length_m, 3),
        "deviation_m": round(line.deviation_m, 3),
        "material": line.material,
        "diameter_mm": line.diameter_mm,
        "laid_on": line.laid_on,
        "checks_missing": checks_missing(line),
    }


def _act(act: Act) -> dict[str, Any]:
    site = act.site
    return {
        "code": act.code,
        "site": site.code,
        "project": site.project.code,
        "contract": site.contract.code,
        "state": act.state,
        "length_m": round(act.length_m, 3),
        "amount_kzt": act.amount_kzt,
        "penalty_kzt": act.penalty_kzt,
        "delay_days": act.delay_days,
        "document_sha256": act.document_sha256,
        "accepted_at": act.accepted_at,
        "warranty_until_on": act.warranty_until_on,
        "signatures": [
            {"role": role, "person": row.person.code, "at": row.at}
            for role, row in sides_signed(act).items()
        ],
        "sections": [line.section.code for line in act.as_built.all() if line.section],
    }


def _effect(subject: str, effect: Effect) -> dict[str, Any]:
    before, after = effect.before, effect.after
    return {
        "subject": subject,
        "verdict": effect.verdict,
        "enough": effect.enough,
        "sentence": str(effect.sentence),
        "days_after": effect.days_after,
        "expected_after": effect.expected_after,
        "failures_before": before.count if before else None,
        "failures_after": after.count if after else None,
        "km_years_before": before.exposure if before else None,
        "km_years_after": after.exposure if after else None,
        "before_per_km_year": before.value if before else None,
        "before_bounds": [before.low, before.high] if before else None,
        "after_per_km_year": after.value if after else None,
        "after_bounds": [after.low, after.high] if after else None,
    }


@router.get("/projects/{code}/sites", response=list[SiteOut], summary="Sites of a project")
def project_sites(request: HttpRequest, code: str) -> list[dict[str, Any]]:
    """Return the sites of a project."""
    return [_site(site) for site in sites_of(get_project(known(code)))]


@router.get("/projects/{code}/acts", response=list[ActOut], summary="Acts of a project")
def project_acts(request: HttpRequest, code: str) -> list[dict[str, Any]]:
    """Return the acts of a project, oldest first."""
    return [_act(act) for act in acts_of(get_project(known(code)))]


@router.get("/projects/{code}/effect", response=EffectOut, summary="Effect of a project")
def project_effect(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return failures before and after the works of a project."""
    project = get_project(known(code))
    return _effect(project.code, effect_of(project, day_of(now())))


@router.get("/sites/{code}", response=SiteWhole, summary="One site")
def one_site(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return a site with its pictures and lines."""
    site = get_site(known(code))
    lines = site.as_built.select_related("section", "site").prefetch_related("replaces", "checks")
    return {
        **_site(site),
        "evidence": [_evidence(row) for row in site.evidence.select_related("same_as")],
        "lines": [_line(line) for line in lines],
        "acts": list(site.acts.values_list("code", flat=True)),
    }


@router.get("/acts/{code}", response=ActOut, summary="One act of acceptance")
def one_act(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return an act with its signatures."""
    return _act(get_act(known(code)))


@router.get("/acts/{code}/document", response=dict[str, Any], summary="What was signed")
def act_document(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return the canonical document of an act: its SHA-256 is what the signatures cover."""
    act = get_act(known(code))
    return {"document": act.document, "sha256": act.document_sha256}


@router.get("/effects", response=list[EffectOut], summary="Effects by service")
def service_effects(request: HttpRequest) -> list[dict[str, Any]]:
    """Return failures before and after for every service, never added up across services."""
    return [_effect(row.service, row.effect) for row in effects_by_service(day_of(now()))]


@router.get("/trace/{code}", response=dict[str, Any], summary="The story of a section")
def trace(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return a section's whole chain: each step with day, figures, source, page and entries."""
    return as_plain(trace_of(known(code), on=day_of(now())))


def as_plain(story: Trace) -> dict[str, Any]:
    """Return a trace as plain values."""
    return {
        "code": story.code,
        "service": story.service,
        "is_new": story.is_new,
        "place": story.place,
        "old": [page.key for page in story.old],
        "new": [page.key for page in story.new],
        "ledger_height": story.height,
        "steps": [_step(step) for step in story.steps],
        "around": [_step(step) for step in story.around],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "stage": step.stage,
        "title": str(step.title),
        "state": step.state,
        "on": json_value(step.on),
        "on_precision": step.on_precision,
        "sentence": str(step.sentence),
        "named": step.named,
        "figures": [_figure(figure) for figure in step.figures],
        "source": str(step.source) or step.source_named.get("en", ""),
        "page": {"name": step.page.name, "key": step.page.key} if step.page else None,
        "pictures": [asdict(picture) for picture in step.pictures],
        "ledger": [
            {
                "index": mark.index,
                "kind": mark.kind,
                "code": mark.code,
                "proof": f"/api/v1/ledger/{mark.index}/proof" if mark.index is not None else None,
            }
            for mark in step.marks
        ],
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "label": str(figure.label),
        "value": json_value(figure.value),
        "kind": figure.kind,
    }
