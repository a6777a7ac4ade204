"""An auditor and the programme office follow a contract, its site and its acts, and change none."""

import pytest
from django.test import Client

from qaita.works.models import Act, Site
from tests.accounts.make import make_organisation, make_person
from tests.works.make import make_act, make_ground, make_line, make_site

pytestmark = pytest.mark.django_db
KINDS = {"auditor": "audit", "programme_office": "programme_office"}


@pytest.mark.parametrize("role", KINDS)
def test_who_watches_reads_works_and_changes_nothing(role):
    ground = make_ground()
    site = make_site(ground)
    make_line(ground, site)
    act = make_act(ground, site, send=False)
    client = Client()
    person = make_person(role, make_organisation(KINDS[role]))
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    desk = "/en/desk/works/"
    for address in (desk, f"{desk}sites/{site.code}/", f"{desk}acts/{act.code}/"):
        page = client.get(address)
        assert page.status_code == 200 and site.code in page.content.decode()
    contract = f"/en/desk/procurement/contracts/{ground.contract.code}/"
    assert client.get(contract).status_code == 200
    words = {"on": "2026-05-10", "done": "x", "workers": 0, "machines": 0}
    for address, sent in (
        (f"{desk}sites/{site.code}/report/", words),
        (f"{desk}sites/{site.code}/act/", {}),
        (f"{desk}acts/{act.code}/send/", {}),
        (f"{desk}acts/{act.code}/refuse/", {"remarks": "no"}),
        (f"{contract}terminate/", {"text": "no"}),
        (f"{contract}complete/", {}),
    ):
        assert client.post(address, sent).status_code == 409, address
    assert (Site.objects.get().state, Act.objects.get().state) == ("running", "drafted")
    assert not site.reports.exists()
