"""What later rooms tell: tender, contract, works, acceptance, money, tariff."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from qaita.kernel.actor import Actor, Grant
from qaita.ledger.services import move, settle
from qaita.programme.models import Project
from qaita.programme.services.decisions import turn_clocks
from qaita.programme.states import PROJECT


def _told(project: Project, action: str, by: Actor, at: datetime) -> Project:
    """Move on the word of a later room, which has asked its own table who may."""
    teller = Actor(by.code, by.grants | {Grant("system")})
    with transaction.atomic():
        move(project, PROJECT, action, by=teller, at=at)
        turn_clocks(project, at)
        settle(project)
    return project


def begin_procurement(project: Project, *, by: Actor, at: datetime) -> Project:
    """A tender has been announced."""
    return _told(project, "begin_procurement", by, at)


def reopen_procurement(project: Project, *, by: Actor, at: datetime) -> Project:
    """The tender came to nothing: the project is confirmed and waits again."""
    return _told(project, "reopen", by, at)


def mark_ready(project: Project, *, by: Actor, at: datetime) -> Project:
    """The contract has been signed."""
    return _told(project, "mark_ready", by, at)


def begin_project_works(project: Project, *, by: Actor, at: datetime) -> Project:
    """The works have begun."""
    return _told(project, "begin_works", by, at)


def complete_project(project: Project, *, by: Actor, at: datetime) -> Project:
    """The last act has been accepted."""
    return _told(project, "complete", by, at)


def note_commitment(project: Project, committed_kzt: Decimal) -> None:
    """Take over from funding how much is promised; funding has written it down."""
    Project.objects.filter(pk=project.pk).update(committed_kzt=committed_kzt)
    project.committed_kzt = committed_kzt


def note_bill_rise(project: Project, bill_rise_kzt: Decimal) -> None:
    """Take over from funding what a household will pay more; funding has written it down."""
    Project.objects.filter(pk=project.pk).update(bill_rise_kzt=bill_rise_kzt)
    project.bill_rise_kzt = bill_rise_kzt
