"""The act of acceptance: drafted from what was surveyed, signed by the quorum, then in force."""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import rfc8785
from django.db import transaction
from django.db.models import Prefetch, Sum
from django.utils.translation import gettext_lazy as _

from qaita.accounts.services import sign_document
from qaita.funding.services import release_payment
from qaita.kernel.actor import SYSTEM, Actor
from qaita.kernel.clock import day_of, months_after
from qaita.kernel.errors import Refused, Wrong
from qaita.kernel.ids import derived_code
from qaita.kernel.money import tenge
from qaita.ledger.leaves import json_value
from qaita.ledger.services import move, record, settle
from qaita.networks.geometry import unpack
from qaita.networks.models import LIVING, Section
from qaita.networks.services import replace_sections
from qaita.networks.services.sections import Renewal
from qaita.procurement.services import complete_contract
from qaita.programme.models import Project
from qaita.programme.services import complete_project
from qaita.works.errors import ALREADY_SIGNED, NO_LINE, NOT_IN_SIGNING
from qaita.works.models import Act, AsBuilt, LineKind, Measurement, Site
from qaita.works.queries import lateness_of, measured_so_far, rules_of, sections_left, sides_signed
from qaita.works.services.permissions import hold_site, require_running, require_side
from qaita.works.states import ACT, AS_BUILT, SITE

TIGHT = Decimal("0.001")


def draft_act(site: Site, *, by: Actor, at: datetime) -> Act:
    """Draft the act over every line and quantity that no other act holds.

    Metres are paid from the geometry up to the contract's quantity; what was laid beyond it is
    accepted but not paid without an amendment.
    """
    require_side("act.draft", site, ("supplier", "supervisor"), by)
    with transaction.atomic():
        hold_site(site)
        require_running("act.draft", site)
        lines = list(_free_lines(site))
        if not lines:
            raise Refused("act.draft", [NO_LINE])
        number = site.acts.count() + 1
        code = derived_code("AC", site.code, number)
        act = Act.objects.create(code=code, site=site, number=number, drafted_on=day_of(at))
        AsBuilt.objects.filter(pk__in=[line.pk for line in lines]).update(act=act)
        _pay_length(act, lines, by=by, on=day_of(at))
        Measurement.objects.filter(line__site=site, act=None).update(act=act)
        _fill(act, lines, on=day_of(at))
        record("act.draft", act.code, by=by, at=at, facts=_facts_of(act))
    return act


def _free_lines(site: Site) -> list[AsBuilt]:
    rows = AsBuilt.objects.filter(site=site, state="recorded")
    return list(rows.exclude(act__state__in=("drafted", "signing")).prefetch_related("replaces"))


def _pay_length(act: Act, lines: list[AsBuilt], *, by: Actor, on: date) -> None:
    """Measure the lines of the bill that pay length, from geometry."""
    laid_m = Decimal(str(sum(line.length_m for line in lines))).quantize(TIGHT)
    for line in act.site.lines.filter(kind=LineKind.LENGTH):
        quantity = min(laid_m, line.contract_quantity - measured_so_far(line))
        if quantity > 0:
            Measurement.objects.create(
                code=derived_code("MS", act.code, line.number),
                line=line,
                act=act,
                quantity=quantity,
                measured_on=on,
                is_from_geometry=True,
                written_by=by.code,
            )
            laid_m -= quantity


def _fill(act: Act, lines: list[AsBuilt], *, on: date) -> None:
    rows = list(act.measurements.select_related("line"))
    late = lateness_of(act.site, on=on)
    act.length_m = sum(line.length_m for line in lines)
    asked = sum((tenge(row.quantity * row.line.price_kzt) for row in rows), start=tenge(0))
    act.amount_kzt = min(asked, _left_kzt(act))
    held = act.site.acts.filter(state="accepted").aggregate(sum=Sum("penalty_kzt"))["sum"]
    act.delay_days = late.delay_days
    act.penalty_kzt = min(late.penalty_kzt - (held or 0), act.amount_kzt)
    act.document = rfc8785.dumps(json_value(_document_of(act, lines, rows))).decode()
    act.document_sha256 = hashlib.sha256(act.document.encode()).hexdigest()
    act.save()


def _left_kzt(act: Act) -> Decimal:
    """Return what the contract has left: prices of a metre are rounded, its sum is not."""
    others = act.site.acts.filter(state__in=("drafted", "signing", "accepted")).exclude(pk=act.pk)
    taken = others.aggregate(sum=Sum("amount_kzt"))["sum"] or tenge(0)
    return max(act.site.worth_kzt - taken, tenge(0))


def _document_of(act: Act, lines: list[AsBuilt], rows: list[Measurement]) -> dict[str, Any]:
    site = act.site
    return {
        "act": act.code,
        "number": act.number,
        "drafted_on": act.drafted_on,
        "site": site.code,
        "project": site.project.code,
        "contract": site.contract.code,
        "utility": site.utility.code,
        "supplier": site.supplier.code,
        "supervision": site.supervision.code if site.supervision else "",
        "lines": [
            {
                "code": line.code,
                "replaces": sorted(section.code for section in line.replaces.all()),
                "geometry_sha256": hashlib.sha256(bytes(line.geometry)).hexdigest(),
                "length_m": round(line.length_m, 3),
                "deviation_m": round(line.deviation_m, 3),
                "material": line.material,
                "diameter_mm": line.diameter_mm,
                "voltage_kv": line.voltage_kv,
                "laid_on": line.laid_on,
                "checks": [
                    [check.kind, check.held_on, check.is_passed] for check in line.checks.all()
                ],
            }
            for line in lines
        ],
        "measured": [
            [row.line.number, row.quantity, row.line.unit, row.line.price_kzt] for row in rows
        ],
        "length_m": round(act.length_m, 3),
        "amount_kzt": act.amount_kzt,
        "delay_days": act.delay_days,
        "penalty_kzt": act.penalty_kzt,
        "pictures_sha256": sorted(site.evidence.values_list("sha256", flat=True)),
    }


def _facts_of(act: Act) -> dict[str, Any]:
    return {
        "site": act.site.code,
        "document_sha256": act.document_sha256,
        "length_m": round(act.length_m, 3),
        "amount_kzt": act.amount_kzt,
        "delay_days": act.delay_days,
        "penalty_kzt": act.penalty_kzt,
    }


def send_act(act: Act, *, by: Actor, at: datetime) -> Act:
    """Send the act to be signed; refused while a line, a check or a picture is wanting."""
    return move(act, ACT, "send", by=by, at=at, facts={"document_sha256": act.document_sha256})


def refuse_act(act: Act, *, remarks: str, by: Actor, at: datetime) -> Act:
    """Send the act back with remarks; its lines and quantities are free again."""
    if not remarks.strip():
        raise Wrong({"remarks": [_("Say what must be mended.")]})
    with transaction.atomic():
        move(act, ACT, "refuse", by=by, at=at, facts={"remarks": remarks})
        act.remarks = remarks
        act.save(update_fields=["remarks"])
        act.measurements.filter(is_from_geometry=True).delete()
        act.measurements.update(act=None)
        act.as_built.update(act=None)
        settle(act)
    return act


def sign_act(act: Act, role: str, *, cms: bytes | None = None, by: Actor, at: datetime) -> Act:
    """Sign for one side; the last signature of the quorum accepts the act."""
    require_side("act.sign", act.site, (role,), by)
    with transaction.atomic():
        Act.objects.select_for_update(of=("self",)).get(pk=act.pk)
        act.refresh_from_db(fields=["state"])
        _require_signable(act, role)
        sign_document(act.code, act.document.encode(), cms, role=role, by=by, at=at)
        if set(rules_of(act.site).quorum) <= set(sides_signed(act)):
            accept_act(act, by=by, at=at)
    return act


def _require_signable(act: Act, role: str) -> None:
    if act.state != "signing":
        raise Refused("act.sign", [NOT_IN_SIGNING])
    if role not in rules_of(act.site).quorum:
        raise Wrong({"role": [_("This role does not sign acts.")]})
    if role in sides_signed(act):
        raise Refused("act.sign", [ALREADY_SIGNED])


def accept_act(act: Act, *, by: Actor, at: datetime) -> Act:
    """Put the signed act in force, in one transaction with everything that follows from it.

    Each line takes the place of the sections it renews, money may be released, and when nothing
    of the site is left the site, the contract and at last the project are complete.
    """
    with transaction.atomic():
        # several acts of one site or project may be accepted at once
        Project.objects.select_for_update(of=("self",)).get(pk=act.site.project_id)
        hold_site(act.site)
        signatures = {role: row.person.code for role, row in sides_signed(act).items()}
        payable_kzt = act.amount_kzt - act.penalty_kzt
        facts = {
            "document_sha256": act.document_sha256,
            "signed": signatures,
            "amount_kzt": payable_kzt,
        }
        move(act, ACT, "accept", by=by, at=at, facts=facts)
        act.accepted_at = at
        act.warranty_until_on = months_after(day_of(at), rules_of(act.site).warranty_months)
        act.save(update_fields=["accepted_at", "warranty_until_on"])
        settle(act)
        owned = Section.objects.select_related(
            "network__utility_service__organisation", "network__region"
        )
        lines = act.as_built.select_related("site__project").prefetch_related(
            Prefetch("replaces", owned.order_by("pk"))
        )
        born = [_take_over(line, by=by, at=at) for line in lines]
        if payable_kzt > 0:
            release_payment(
                act_code=act.code,
                contract_code=act.site.contract.code,
                project=act.site.project,
                accepted_kzt=payable_kzt,
                sections=[section.code for section in born],
                by=SYSTEM,
                at=at,
            )
        _complete_what_is_done(act.site, by=by, at=at)
    return act


def _take_over(line: AsBuilt, *, by: Actor, at: datetime) -> Any:
    old = list(line.replaces.all())
    renewal = Renewal(
        coords=unpack(line.geometry),
        material=line.material,
        laid_on=line.laid_on,
        diameter_mm=line.diameter_mm,
        voltage_kv=line.voltage_kv,
        pipe_count=old[0].pipe_count,
        project_code=line.site.project.code,
    )
    line.section = replace_sections(old, renewal=renewal, by=SYSTEM, at=at)
    line.save(update_fields=["section"])
    move(line, AS_BUILT, "accept", by=by, at=at, facts={"section": line.section.code})
    return line.section


def _complete_what_is_done(site: Site, *, by: Actor, at: datetime) -> None:
    if sections_left(site).exists():
        return
    move(site, SITE, "complete", by=by, at=at)
    site.completed_on = day_of(at)
    site.save(update_fields=["completed_on"])
    settle(site)
    complete_contract(site.contract, by=SYSTEM, at=at)
    project = site.project
    lying = project.sections.filter(state__in=LIVING)
    if not lying.exists() and not project.sites.exclude(state="completed").exists():
        complete_project(project, by=SYSTEM, at=at)
