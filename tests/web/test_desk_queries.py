"""Homes and lists of the desk ask few questions of the database, however much waits."""

import pytest
from django.test import Client

from qaita.accounts.models import Organisation, Person
from qaita.accounts.roles import ROLE_KINDS
from tests.accounts.make import make_organisation, make_person
from tests.programme.make import make_cast, make_project, walk
from tests.works.make import make_accepted, make_ground, make_neighbour

pytestmark = pytest.mark.django_db
MOST = 12
LISTS = {
    "utility_engineer": (
        "networks/",
        "networks/sections/",
        "planning/",
        "programme/",
        "procurement/",
        "works/",
    ),
    "utility_head": (
        "programme/",
        "procurement/",
        "procurement/contracts/",
        "works/",
        "funding/",
        "accounts/people/",
    ),
    "technical_operator": ("programme/",),
    "financial_operator": ("programme/", "funding/"),
    "regulator": ("programme/", "funding/"),
    "akimat": ("programme/",),
    "programme_office": (
        "programme/",
        "planning/",
        "procurement/",
        "funding/",
        "producers/",
        "accounts/people/",
        "accounts/organisations/",
    ),
    "producer": ("producers/", "procurement/"),
    "supplier": ("procurement/", "procurement/contracts/", "works/"),
    "committee_member": ("procurement/",),
    "supervisor": ("works/",),
    "dispatcher": ("turmys/", "turmys/readings/"),
    "call_operator": ("appeals/",),
    "auditor": ("programme/", "procurement/", "funding/", "works/"),
    "sysadmin": ("accounts/people/", "accounts/organisations/"),
}


def client_of(role: str, utility: Organisation) -> Client:
    kinds = ROLE_KINDS[role]
    if not kinds or "utility" in kinds:
        person = Person.objects.filter(memberships__role=role).first() or make_person(role, utility)
    else:
        kind = min(kinds)
        organisation = Organisation.objects.filter(kind=kind).first() or make_organisation(kind)
        person = Person.objects.filter(memberships__role=role).first()
        person = person or make_person(role, organisation)
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("role", LISTS)
def test_homes_and_lists_ask_few_questions(role, django_assert_max_num_queries):
    cast = make_cast()
    make_project(cast, slice(0, 2))
    walk(make_project(cast, slice(2, 4)), cast, "submit")
    client = client_of(role, cast.scene.utility)
    asked = {}
    for path in ("", *LISTS[role]):
        address = f"/en/desk/{path}"
        assert client.get(address).status_code == 200, address
        with django_assert_max_num_queries(MOST) as found:
            client.get(address)
        asked[address] = len(found)
    for first in (4, 6, 8):
        walk(make_project(cast, slice(first, first + 2)), cast, "submit")
    for address, count in asked.items():
        with django_assert_max_num_queries(count):
            client.get(address)


def test_contracts_sites_and_effects_ask_no_more_when_there_are_more(
    django_assert_max_num_queries,
):
    first = make_ground()
    make_accepted(first)
    client = client_of("utility_head", first.project.utility)
    asked = {}
    for path in ("effects/", "works/", "procurement/", "procurement/contracts/"):
        client.get(f"/en/desk/{path}")
        with django_assert_max_num_queries(MOST) as found:
            client.get(f"/en/desk/{path}")
        asked[path] = len(found)
    for _ in range(2):
        make_accepted(make_neighbour(first))
    assert client.get("/en/desk/effects/").content.decode().count("<tr>") == 4
    for path, count in asked.items():
        with django_assert_max_num_queries(count):
            client.get(f"/en/desk/{path}")


def test_a_head_finds_the_draft_to_sign_and_later_what_came_back():
    cast = make_cast()
    project = make_project(cast)
    client = client_of("utility_head", cast.scene.utility)
    page = client.get("/en/desk/").content.decode()
    assert "Sign and submit" in page and project.code in page
    walk(project, cast, "submit")
    assert project.code not in client.get("/en/desk/").content.decode()
    technical = client_of("technical_operator", cast.scene.utility)
    assert project.code in technical.get("/en/desk/").content.decode()
