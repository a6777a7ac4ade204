"""The desk of works, walked by hand through its forms, without a line of JavaScript."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qaita.networks.models import Section
from qaita.procurement.models import Contract
from qaita.works.models import Act, AsBuilt, DigPermit, Evidence, Site
from tests.producers.make import make_producer, make_product_entry
from tests.works.make import Ground, design_line, make_ground, make_site
from tests.works.scenes import jpeg, scene

pytestmark = pytest.mark.django_db


def client_of(ground: Ground, role: str) -> Client:
    client = Client()
    client.force_login(
        ground.people.persons[role], backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


@pytest.fixture
def open_ground() -> Ground:
    """A contract signed lately, so that the clock of the doors does not run past it."""
    ground = make_ground()
    Contract.objects.filter(pk=ground.contract.pk).update(ends_on="2030-01-01")
    return ground


def send(client: Client, address: str, **values: object) -> str:
    answer = client.post(f"/en/desk/works/{address}", values, follow=True)
    assert answer.status_code == 200, answer.content.decode()[-3000:]
    return answer.content.decode()


def open_by_hand(ground: Ground, supplier: Client) -> Site:
    send(
        supplier,
        f"open/{ground.contract.code}/",
        supervision=ground.supervision.pk,
        design_material="pe",
    )
    site = Site.objects.get(contract=ground.contract)
    send(supplier, f"sites/{site.code}/start/")
    site.refresh_from_db()
    return site


def report_by_hand(site: Site, supplier: Client) -> None:
    day = site.started_on.isoformat()
    send(supplier, f"sites/{site.code}/report/", on=day, done="Laid", workers=4, machines=1)
    line = design_line(list(site.sections.order_by("pk")))
    for number, stage in enumerate(("before", "during", "after")):
        taken = f"{site.started_on:%Y:%m:%d} 00:00:01"
        data = jpeg(
            scene(number), lon_deg=float(line[0][0]), lat_deg=float(line[0][1]), taken=taken
        )
        picture = SimpleUploadedFile("a.jpg", data, "image/jpeg")
        send(supplier, f"sites/{site.code}/evidence/", stage=stage, pictures=[picture])
    send(
        supplier,
        f"sites/{site.code}/line/",
        sections=[section.code for section in site.sections.all()],
        drawn="\n".join(f"{x}, {y}" for x, y in line.tolist()),
        material="pe",
        diameter_mm="150",
        laid_on=day,
    )


def check_by_hand(site: Site, supervisor: Client) -> None:
    line = AsBuilt.objects.get(site=site)
    day = site.started_on.isoformat()
    for kind in ("hidden_works", "disinfection"):
        send(supervisor, f"lines/{line.code}/check/", kind=kind, held_on=day, is_satisfactory="on")
    send(
        supervisor,
        f"lines/{line.code}/check/",
        kind="pressure_test",
        held_on=day,
        working_kpa="600",
        pressure_kpa="900",
        held_minutes="30",
        drop_kpa="2",
        is_satisfactory="on",
    )


def test_a_site_is_taken_from_contract_to_renewed_section_by_hand(open_ground):
    ground = open_ground
    supplier, supervisor = client_of(ground, "supplier"), client_of(ground, "supervisor")
    head = client_of(ground, "utility_head")
    assert ground.contract.code in supplier.get("/en/desk/works/").content.decode()
    site = open_by_hand(ground, supplier)
    report_by_hand(site, supplier)
    assert Evidence.objects.filter(site=site, flags=[]).count() == 3
    check_by_hand(site, supervisor)
    page = send(supplier, f"sites/{site.code}/act/")
    assert "Send to be signed" in page
    act = Act.objects.get(site=site)
    send(supplier, f"acts/{act.code}/send/")
    assert act.code in head.get("/en/desk/").content.decode()
    for client, role in (
        (supplier, "supplier"),
        (supervisor, "supervisor"),
        (head, "utility_head"),
    ):
        page = send(client, f"acts/{act.code}/sign/", role=role)
    assert "the register has the new section" in page
    assert Section.objects.filter(born_of=ground.project.code).exists()
    site.refresh_from_db()
    assert site.state == "completed"


def test_a_stranger_sees_no_site(open_ground):
    site = make_site(open_ground)
    nobody = client_of(open_ground, "nobody")
    assert nobody.get(f"/en/desk/works/sites/{site.code}/").status_code == 404
    assert Client().get(f"/en/desk/works/sites/{site.code}/").status_code == 302


def test_no_form_of_the_desk_asks_for_a_length(open_ground):
    site = make_site(open_ground)
    supplier = client_of(open_ground, "supplier")
    for page in ("report", "evidence", "line", "measure", "permit"):
        text = supplier.get(f"/en/desk/works/sites/{site.code}/{page}/").content.decode()
        assert 'name="length' not in text


def test_a_form_with_a_fault_says_which(open_ground):
    site = make_site(open_ground)
    supplier = client_of(open_ground, "supplier")
    answer = supplier.post(f"/en/desk/works/sites/{site.code}/report/", {"done": ""})
    assert answer.status_code == 422
    assert b'aria-invalid="true"' in answer.content


def test_a_length_smuggled_into_a_form_changes_nothing(open_ground):
    site = make_site(open_ground)
    supplier = client_of(open_ground, "supplier")
    line = design_line(list(site.sections.order_by("pk")))
    send(
        supplier,
        f"sites/{site.code}/line/",
        sections=[section.code for section in site.sections.all()],
        drawn="\n".join(f"{x}, {y}" for x, y in line.tolist()),
        material="pe",
        diameter_mm="150",
        laid_on=site.started_on.isoformat(),
        length_m="99000",
        length_km="99",
    )
    assert AsBuilt.objects.get(site=site).length_m < 250


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_of_the_desk_opens_in_each_language(
    open_ground, language, django_assert_max_num_queries
):
    site = make_site(open_ground)
    supplier = client_of(open_ground, "supplier")
    with django_assert_max_num_queries(40):
        for page in ("", f"sites/{site.code}/", f"sites/{site.code}/line/"):
            assert supplier.get(f"/{language}/desk/works/{page}").status_code == 200
    assert supplier.get(f"/{language}/desk/effects/").status_code == 200


def test_a_dig_permit_says_who_closes_it_and_supervision_does(open_ground):
    site = make_site(open_ground)
    supplier, supervisor = (client_of(open_ground, role) for role in ("supplier", "supervisor"))
    day = site.started_on
    address = f"sites/{site.code}/permit/"
    values = {"number": "15-K", "issued_on": f"{day}", "until_on": f"{day + timedelta(days=9)}"}
    page = send(supplier, address, **values)
    assert "Technical supervision closes it when the surface is restored." in page
    assert "until " in page
    assert "The surface is restored: close" not in page
    permit = DigPermit.objects.get(site=site)
    home = supervisor.get("/en/desk/").content.decode()
    assert "Close dig permit 15-K when the surface is restored" in home
    assert f"/en/desk/works/sites/{site.code}/#permits" in home
    send(supervisor, f"permits/{permit.code}/close/")
    permit.refresh_from_db()
    assert permit.state == "closed"
    assert "Close dig permit" not in supervisor.get("/en/desk/").content.decode()
    page = supplier.get(f"/en/desk/works/sites/{site.code}/").content.decode()
    assert "Technical supervision closes it" not in page


def test_a_site_reported_on_for_weeks_leads_to_its_whole_diary(open_ground):
    site = make_site(open_ground)
    supplier = client_of(open_ground, "supplier")
    for number in range(12):
        values = {"on": f"{site.started_on + timedelta(days=number)}", "done": f"Trench {number}"}
        send(supplier, f"sites/{site.code}/report/", **values, workers="4", machines="1")
    address = f"/en/desk/works/sites/{site.code}/"
    page = supplier.get(address).content.decode()
    assert f'Shown: 10 of 12. <a href="{address}reports/">' in page and "Trench 1<" not in page
    assert "12 rows" in supplier.get(f"{address}reports/").content.decode()


def test_a_batch_names_a_product_of_the_catalogue_or_none(open_ground):
    site = make_site(open_ground)
    supplier = client_of(open_ground, "supplier")
    report_by_hand(site, supplier)
    line = site.as_built.get()
    product = make_producer(77, make_product_entry(service="water")).products.get()
    address = f"/en/desk/works/lines/{line.code}/material/"
    values = {"batch": "B-7", "certificate": "C-9"}
    wrong = supplier.post(address, {**values, "product_code": "PD-NONE"})
    assert wrong.status_code == 422 and 'value="PD-NONE"' in wrong.content.decode()
    assert "No product of the catalogue has this code." in wrong.content.decode()
    for code in (product.code.lower(), ""):
        assert supplier.post(address, {**values, "product_code": code}).status_code == 302
    assert set(line.materials.values_list("product_code", flat=True)) == {product.code, ""}
