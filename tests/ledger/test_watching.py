"""Which rows history answers for: everything with a life, money, a length or a day."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import models

from qaita.accounts.models import Membership
from qaita.console.replaying import found_drifts, replay_nightly
from qaita.funding.models import Instrument, TariffEstimate
from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import day_of
from qaita.ledger import replaying
from qaita.ledger.leaves import facts_of, make_entry
from qaita.ledger.models import Entry
from qaita.ledger.services import publish_log, record
from qaita.ledger.watching import watches
from qaita.networks.models import Failure, Inspection, Node, Section
from qaita.networks.parsed import ParsedFailure, ParsedInspection
from qaita.networks.services import (
    begin_works,
    import_network,
    record_failure,
    refresh_condition,
    retire_sections,
    split_section,
)
from qaita.programme.models import Estimate, Project, Target
from qaita.programme.services import load_targets
from tests.accounts.make import make_organisation, make_person
from tests.networks.make import AT, make_engineer, make_network, make_parsed, make_utility
from tests.planning.make import make_region
from tests.programme.make import fund, make_cast, make_project

# what is not watched, and why
FREE = {
    "accounts.Person": "sign-in is the person's own; rights are watched",
    "appeals.Contact": "personal: never in the ledger, and forgotten by the calendar",
    "jobs.Job": "progress of long work is no fact of the chain",
    "ledger.Entry": "checked against its own leaf and the published log",
    "networks.FailureForecast": "computed from watched failures; a plan publishes what it used",
    "networks.FailureModel": "told in utility_service.forecast_failures",
    "networks.Lineage": "told in section.born and in the states of the sections",
    "networks.NetworkCriticality": "told in network.criticality",
    "networks.Node": "in the inventory of its network",
    "networks.SectionCriticality": "computed from the watched inventory; its network tells",
    "programme.Target": "its whole table has a digest",
    "territory.District": "loaded from a package",
    "territory.Region": "loaded from a package",
    "territory.RegionBorder": "loaded from a package",
    "territory.Settlement": "loaded from a package",
}


def test_every_model_is_watched_or_says_why_not():
    watched = {watch.model._meta.label for watch in watches()}
    ours = {m._meta.label for m in apps.get_models() if m.__module__.startswith("qaita.")}
    assert ours - watched - set(FREE) == set()
    assert set(FREE) - ours == set()


def test_money_lengths_and_days_of_watched_models_are_watched():
    left_out = {
        "Appeal": {"updated_at"},
        "Contract": {"drafted_at"},
        "CountryRun": {"asked_at"},
        "CountryScenario": {"made_at"},
        "DistrictBalance": {"computed_at"},
        "Import": {"read_at"},
        "Instrument": {"made_at"},
        "Project": {"drafted_at"},
        "Run": {"made_at"},
        "Scenario": {"made_at"},
        "Section": {"laid_on", "past_norm_on"},  # in the inventory
        "Tender": {"drafted_at"},
    }
    telling = ("_kzt", "_m", "_km", "_on", "_at", "_share", "quantity")
    for watch in watches():
        for field in watch.model._meta.concrete_fields:
            if field.name.endswith(telling) and field.name not in watch.columns:
                assert field.name in left_out.get(watch.model.__name__, set()), (
                    f"{watch.model._meta.label}.{field.name}"
                )


def drifted() -> set[str]:
    """Return what the replay finds."""
    return {drift.code for drift in found_drifts()}


def planted(model: type[models.Model], **columns: object) -> set[str]:
    """Change a row by SQL; return what the replay finds, and put the row back."""
    row = model._default_manager.order_by("pk").first()
    assert row is not None
    before = {name: getattr(row, name) for name in columns}
    assert before != columns
    rows = model._default_manager.filter(pk=row.pk)
    rows.update(**columns)
    found = drifted()
    rows.update(**before)
    return found


@pytest.mark.django_db(transaction=True)
def test_what_is_changed_by_sql_in_a_network_is_found_and_named():
    network = make_network()
    section = Section.objects.filter(network=network).order_by("pk")[0]
    engineer = make_engineer(network.utility_service)
    failure = record_failure(
        section, cause="corrosion", consumers_off=3, source="crew", by=engineer, at=AT
    )
    refresh_condition(network, on=day_of(AT), by=SYSTEM, at=AT)
    assert drifted() == set()
    assert planted(Section, length_m=1.5) == {network.imports.get().code}
    assert planted(Section, condition=0.001) == {network.code}
    assert planted(Node, consumers=9_999) == {network.code}
    assert planted(Failure, consumers_off=0) == {failure.code}
    Failure.objects.create(code="FL-1", section=section, at=AT)
    assert drifted() == {"FL-1"}
    Failure.objects.all().delete()
    assert drifted() == {failure.code}


@pytest.mark.django_db(transaction=True)
def test_failures_and_inspections_of_a_file_are_answered_for():
    utility = make_utility()
    happened = ParsedFailure("s1", AT - timedelta(days=9), consumers_off=4)
    seen = ParsedInspection("s1", day_of(AT), 0.5)
    parsed = make_parsed(failures=[happened], inspections=[seen])
    import_network(parsed, utility_service=utility, name="Street", by=make_engineer(utility), at=AT)
    assert drifted() == set()
    assert planted(Failure, consumers_off=0) == {Failure.objects.get().code}
    assert planted(Inspection, condition=0.1) == {Inspection.objects.get().code}


@pytest.mark.django_db(transaction=True)
def test_a_section_replaced_split_and_retired_keeps_its_word():
    network = make_network()
    first, second, third, _ = network.sections.order_by("pk")
    split_section(first, at_share=0.4, by=SYSTEM, at=AT)
    retire_sections([second], by=SYSTEM, at=AT)
    begin_works([third], project_code="AP-1", by=SYSTEM, at=AT)
    assert drifted() == set()
    Section.objects.filter(pk=second.pk).update(valid_until=None)
    assert drifted() == {second.code}


@pytest.mark.django_db(transaction=True)
def test_what_is_changed_by_sql_in_a_project_and_its_parts_is_found_and_named():
    project = make_project(make_cast())
    fund(project)
    assert drifted() == set()
    assert planted(Project, cost_kzt=Decimal(1)) == {project.code}
    assert planted(Project, committed_kzt=Decimal(1)) == {project.code}
    assert planted(Estimate, cost_kzt=Decimal(1)) == {project.code}
    assert planted(TariffEstimate, monthly_bill_kzt=Decimal(1)) == {project.code}
    assert planted(Instrument, amount_kzt=Decimal(1)) == {Instrument.objects.get().code}
    project.sections.remove(project.sections.all()[0])
    assert drifted() == {project.code}


@pytest.mark.django_db(transaction=True)
def test_a_role_given_by_sql_is_found():
    person = make_person("dispatcher", make_organisation())
    assert drifted() == set()
    Membership.objects.create(person=person, role="sysadmin")
    assert drifted() == {person.code}


@pytest.mark.django_db(transaction=True)
def test_a_published_figure_changed_by_sql_is_found():
    make_region("35")
    load_targets(by=SYSTEM, at=AT)
    assert drifted() == set()
    Target.objects.update(value=1.0)
    assert drifted() == {"targets"}


@pytest.mark.django_db(transaction=True)
def test_an_entry_rewritten_moved_or_taken_away_is_found():
    for number in range(5):
        record("test.happened", f"T-{number}", by=SYSTEM, at=AT)
    publish_log()
    kept = Entry.objects.get(index=2)
    rows = Entry.objects.filter(index=2)
    forged = make_entry(kind=kept.kind, code=kept.code, actor="nobody", at=AT, facts={})
    rows.update(leaf=forged.leaf, leaf_hash=forged.leaf_hash, salt=forged.salt, actor="nobody")
    assert [drift.why for drift in found_drifts()] == [
        "the entry is not the one that was published"
    ]
    rows.update(leaf=kept.leaf, leaf_hash=kept.leaf_hash, salt=kept.salt)
    assert [drift.why for drift in found_drifts()] == ["its columns do not say what its leaf says"]
    rows.delete()
    assert [drift.why for drift in found_drifts()] == ["the entries 2 to 2 are gone"]


@pytest.mark.django_db(transaction=True)
def test_what_people_write_during_the_replay_is_no_alarm(monkeypatch):
    told_really, kinds = replaying._told, iter(("utility", "supplier", "audit"))

    def told():
        """Read the entries; before their rows are read, somebody goes on working."""
        read = told_really()
        make_organisation(next(kinds))
        return read

    monkeypatch.setattr(replaying, "_told", told)
    assert replaying.replay() == []


@pytest.mark.django_db(transaction=True)
def test_the_replay_of_a_night_is_written_down_once():
    person = make_person("dispatcher", make_organisation())
    Membership.objects.create(person=person, role="sysadmin")
    assert [drift.code for drift in replay_nightly(AT)] == [person.code]
    assert replay_nightly(AT + timedelta(hours=1)) == []
    entry = Entry.objects.get(kind="ledger.replay")
    assert facts_of(entry) == {"drifts": 1, "first": [person.code]}
