"""Doors of verbs that are seldom needed: each at its role's desk, refused to the rest."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from qaita.accounts.models import Membership, Person
from qaita.ledger.queries import timeline
from qaita.networks.models import EquipmentUnit
from qaita.planning.models import Scenario
from qaita.works.models import Milestone
from tests.networks.make import make_network
from tests.planning.make import make_packages, make_plan, make_scene
from tests.works.make import make_ground, make_site

pytestmark = pytest.mark.django_db


def client_for(role: str, organisation=None) -> Client:
    person = Person.objects.create(username=f"door{Person.objects.count()}", language="en")
    Membership.objects.create(person=person, role=role, organisation=organisation)
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def last_kind(code: str) -> str:
    return timeline(code)[-1].kind


def test_a_scenario_is_laid_aside_by_its_planner_only():
    scene = make_scene()
    make_packages(scene)
    scenario, _run = make_plan(scene)
    page, door = (
        reverse(f"planning:{name}", args=[scenario.code]) for name in ("scenario", "shelve")
    )
    planner = client_for("utility_engineer", scene.utility)
    assert door in planner.get(page).content.decode()
    assert (
        client_for("utility_engineer", make_ground().project.utility).post(door).status_code == 404
    )
    told = planner.post(door, follow=True).content.decode()
    assert "is laid aside" in told
    assert (
        Scenario.objects.get().state == "shelved" and last_kind(scenario.code) == "scenario.shelve"
    )
    assert door not in planner.get(page).content.decode()
    assert planner.post(door).status_code == 409


def test_equipment_is_entered_at_an_end_of_a_section_and_may_have_parts():
    network = make_network(2)
    section = network.sections.order_by("pk").first()
    owner = network.utility_service.organisation
    engineer = client_for("utility_engineer", owner)
    door = reverse("networks:equipment", args=[section.code])
    assert door in engineer.get(reverse("networks:section", args=[section.code])).content.decode()
    assert section.from_node.code in engineer.get(door).content.decode()
    given = {"end": section.from_node.code, "kind": "pump", "name": "P-1", "norm_life_years": "12"}
    told = engineer.post(door, {**given, "installed_on": "2019-05-01"}, follow=True)
    assert "P-1 · Pump · installed" in " ".join(told.content.decode().split())
    pump = EquipmentUnit.objects.get()
    assert (pump.node, pump.installed_on, pump.norm_life_years) == (
        section.from_node, date(2019, 5, 1), 12.0,
    )  # fmt: skip
    assert last_kind(pump.code) == "equipment.install"
    part = {"end": section.from_node.code, "kind": "motor", "name": "M", "parent": pump.code}
    engineer.post(door, part)
    assert EquipmentUnit.objects.get(kind="motor").parent == pump
    late = engineer.post(door, {**given, "installed_on": "2099-01-01"})
    assert late.status_code == 422 and "This day has not come yet." in late.content.decode()
    assert 'value="P-1"' in late.content.decode()
    assert client_for("dispatcher", owner).post(door, given).status_code == 409
    assert EquipmentUnit.objects.count() == 2


def test_a_section_is_taken_out_of_use_only_by_who_is_sure():
    section = make_network(2).sections.order_by("pk").last()
    owner = section.network.utility_service.organisation
    engineer = client_for("utility_engineer", owner)
    door = reverse("networks:retire", args=[section.code])
    assert engineer.get(door).status_code == 200
    assert engineer.post(door, {}).status_code == 422
    assert client_for("dispatcher", owner).post(door, {"is_sure": "on"}).status_code == 409
    section.refresh_from_db()
    assert section.state == "in_service"
    page = engineer.post(door, {"is_sure": "on"}, follow=True).content.decode()
    section.refresh_from_db()
    assert section.state == "retired" and last_kind(section.code) == "section.retire"
    assert "is out of use" in page and door not in page
    assert engineer.post(door, {"is_sure": "on"}).status_code == 409


def test_the_contractor_promises_a_milestone_and_others_do_not():
    ground = make_ground()
    site = make_site(ground)
    builder = client_for("supplier", site.supplier)
    page, door = (reverse(f"works:{name}", args=[site.code]) for name in ("site", "plan"))
    assert door in builder.get(page).content.decode()
    names = {"title_kk": "Траншея", "title_ru": "Траншея", "title_en": "Trench"}
    assert builder.post(door, {**names, "due_on": "soon"}).status_code == 422
    told = builder.post(door, {**names, "due_on": "2026-09-01"}, follow=True).content.decode()
    milestone = Milestone.objects.get()
    assert (milestone.number, milestone.due_on) == (1, date(2026, 9, 1))
    assert "Trench" in told and last_kind(site.code) == "milestone.plan"
    judge = client_for("supervisor", ground.supervision)
    assert door not in judge.get(page).content.decode()
    assert judge.post(door, {**names, "due_on": "2026-09-01"}).status_code == 409
