"""Acceptance: by quorum, in one transaction, with everything that follows."""

import hashlib
import json
import subprocess
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.test import Client

from qaita.accounts.models import Signature
from qaita.funding.models import Payment
from qaita.kernel.errors import Refused
from qaita.kernel.states import Ask
from qaita.ledger.queries import timeline
from qaita.networks.geometry import geodesic_length_m, unpack
from qaita.networks.models import Section
from qaita.networks.services import record_failure
from qaita.procurement.services import agree_amendment, propose_amendment
from qaita.works.models import Act, Site
from qaita.works.queries import accepted_length, failures_under_warranty, lateness_of
from qaita.works.services import (
    draft_act,
    open_permit,
    refuse_act,
    send_act,
    sign_act,
    withdraw_as_built,
)
from qaita.works.services.acts import accept_act
from qaita.works.states import SITE
from tests.networks.make import make_engineer
from tests.works.make import (
    LAID,
    make_accepted,
    make_act,
    make_ground,
    make_line,
    make_pictures,
    make_site,
    pass_checks,
    sign_all,
)

pytestmark = pytest.mark.django_db


def codes(error: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in error.value.reasons}


def test_three_signatures_put_the_act_in_force_and_the_register_gets_a_new_section():
    ground = make_ground()
    old = list(ground.project.sections.all())
    act = make_accepted(ground)
    act.refresh_from_db()
    assert act.state == "accepted"
    new = Section.objects.get(born_of=ground.project.code)
    assert new.state == "in_service"
    assert new.material == "pe"
    for section in old:
        section.refresh_from_db()
        assert section.state == "replaced"
        assert section.replaced_by_id == new.pk
    assert new.length_m == pytest.approx(geodesic_length_m(unpack(new.geometry)))
    assert act.length_m == pytest.approx(new.length_m)
    assert Signature.objects.filter(subject_code=act.code).count() == 3


def test_money_and_the_project_follow_the_act():
    ground = make_ground()
    act = make_accepted(ground)
    payment = Payment.objects.get(act_code=act.code)
    assert payment.amount_kzt == act.amount_kzt
    assert act.amount_kzt == pytest.approx(ground.contract.sum_kzt, abs=10)
    site = act.site
    site.refresh_from_db()
    site.contract.refresh_from_db()
    site.project.refresh_from_db()
    assert (site.state, site.contract.state) == ("completed", "completed")
    assert site.project.state == "done"
    assert [moment.action for moment in timeline(act.code)] == [
        "draft",
        "send",
        "sign",
        "sign",
        "sign",
        "accept",
    ]


def test_kilometres_come_from_the_accepted_geometry_only():
    ground = make_ground()
    assert accepted_length("water", "55", 2026) == 0
    act = make_accepted(ground)
    assert accepted_length("water", "55", 2026) == pytest.approx(act.length_m)


def test_two_signatures_are_not_enough():
    ground = make_ground()
    site = make_site(ground)
    pass_checks(ground, make_line(ground, site))
    make_pictures(ground, site)
    act = make_act(ground, site)
    sign_act(act, "supplier", by=ground.people.supplier, at=LAID)
    sign_act(act, "supervisor", by=ground.people.supervisor, at=LAID)
    act.refresh_from_db()
    assert act.state == "signing"
    assert not Section.objects.filter(born_of=ground.project.code).exists()


def test_an_act_or_a_site_is_not_in_force_by_wish_alone():
    ground = make_ground()
    site = make_site(ground)
    pass_checks(ground, make_line(ground, site))
    make_pictures(ground, site)
    act = make_act(ground, site)
    by = ground.people.head
    with pytest.raises(Refused) as caught:
        accept_act(act, by=by, at=LAID)
    assert [reason.code for reason in caught.value.reasons] == ["not_all_signed"]
    reasons = SITE.why_not("complete", Ask(site, by, LAID))
    assert [reason.code for reason in reasons] == ["sections_left"]
    assert not site.sections.exclude(state="in_works").exists()


def test_nobody_signs_twice_or_for_another_side():
    ground = make_ground()
    site = make_site(ground)
    pass_checks(ground, make_line(ground, site))
    make_pictures(ground, site)
    act = make_act(ground, site)
    sign_act(act, "supplier", by=ground.people.supplier, at=LAID)
    with pytest.raises(Refused) as twice:
        sign_act(act, "supplier", by=ground.people.supplier, at=LAID)
    assert codes(twice) == {"already_signed"}
    with pytest.raises(Refused) as other:
        sign_act(act, "supervisor", by=ground.people.supplier, at=LAID)
    assert codes(other) == {"not_your_role"}
    with pytest.raises(Refused):
        sign_act(act, "utility_head", by=ground.people.nobody, at=LAID)


def test_a_line_off_the_design_cannot_be_sent_for_acceptance():
    ground = make_ground()
    site = make_site(ground)
    pass_checks(ground, make_line(ground, site, north_m=2.4))
    make_pictures(ground, site)
    act = make_act(ground, site, send=False)
    with pytest.raises(Refused) as refused:
        send_act(act, by=ground.people.supplier, at=LAID)
    assert codes(refused) == {"off_design"}


def test_a_line_within_the_corridor_is_taken():
    ground = make_ground()
    site = make_site(ground)
    pass_checks(ground, make_line(ground, site, north_m=1.6))
    make_pictures(ground, site)
    assert make_act(ground, site).state == "signing"


def test_a_thinner_pipe_cannot_be_accepted():
    ground = make_ground()
    site = make_site(ground)
    pass_checks(ground, make_line(ground, site, diameter_mm=110.0))
    make_pictures(ground, site)
    act = make_act(ground, site, send=False)
    with pytest.raises(Refused) as refused:
        send_act(act, by=ground.people.supplier, at=LAID)
    assert codes(refused) == {"wrong_diameter"}


def test_another_material_than_the_contract_s_cannot_be_accepted():
    ground = make_ground()
    site = make_site(ground, design_material="ductile_iron")
    pass_checks(ground, make_line(ground, site))
    make_pictures(ground, site)
    act = make_act(ground, site, send=False)
    with pytest.raises(Refused) as refused:
        send_act(act, by=ground.people.supplier, at=LAID)
    assert codes(refused) == {"wrong_material"}


def test_without_its_checks_a_line_cannot_be_accepted():
    ground = make_ground()
    site = make_site(ground)
    make_line(ground, site)
    make_pictures(ground, site)
    act = make_act(ground, site, send=False)
    with pytest.raises(Refused) as refused:
        send_act(act, by=ground.people.supplier, at=LAID)
    assert codes(refused) == {"check_missing"}


def test_without_pictures_of_every_stage_an_act_is_not_sent():
    ground = make_ground()
    site = make_site(ground)
    pass_checks(ground, make_line(ground, site))
    make_pictures(ground, site)[1].delete()
    act = make_act(ground, site, send=False)
    with pytest.raises(Refused) as refused:
        send_act(act, by=ground.people.supplier, at=LAID)
    assert codes(refused) == {"photo_missing"}


def test_an_open_dig_permit_blocks_the_act():
    ground = make_ground()
    site = make_site(ground)
    pass_checks(ground, make_line(ground, site))
    make_pictures(ground, site)
    open_permit(
        site,
        number="17/26",
        issued_on=LAID.date(),
        until_on=LAID.date(),
        by=ground.people.supplier,
        at=LAID,
    )
    act = make_act(ground, site, send=False)
    with pytest.raises(Refused) as refused:
        send_act(act, by=ground.people.supplier, at=LAID)
    assert codes(refused) == {"permit_open"}


def test_an_act_without_a_line_cannot_be_drafted():
    ground = make_ground()
    site = make_site(ground)
    with pytest.raises(Refused) as refused:
        draft_act(site, by=ground.people.supplier, at=LAID)
    assert codes(refused) == {"no_line"}


def test_an_act_sent_back_frees_its_lines():
    ground = make_ground()
    site = make_site(ground)
    pass_checks(ground, make_line(ground, site))
    make_pictures(ground, site)
    act = make_act(ground, site)
    refuse_act(act, remarks="The surface is not restored", by=ground.people.supervisor, at=LAID)
    assert act.state == "refused"
    again = sign_all(ground, make_act(ground, site))
    again.refresh_from_db()
    assert again.state == "accepted"
    assert again.number == 2


def test_half_of_a_site_may_be_accepted_first():
    ground = make_ground(sections=3)
    site = make_site(ground)
    sections = list(site.sections.order_by("pk"))
    pass_checks(ground, make_line(ground, site, sections=sections[:1]))
    make_pictures(ground, site)
    sign_all(ground, make_act(ground, site))
    site.refresh_from_db()
    assert site.state == "running"
    pass_checks(ground, make_line(ground, site, sections=sections[1:]))
    sign_all(ground, make_act(ground, site))
    site.refresh_from_db()
    ground.project.refresh_from_db()
    assert (site.state, ground.project.state) == ("completed", "done")
    assert Section.objects.filter(born_of=ground.project.code).count() == 2


def test_the_signed_document_names_every_hash():
    ground = make_ground()
    act = make_accepted(ground)
    document = json.loads(act.document)
    assert document["length_m"] == pytest.approx(act.length_m, abs=0.001)
    assert len(document["pictures_sha256"]) == 3
    assert document["lines"][0]["replaces"]


def test_lateness_costs_the_contractor_and_has_a_cap():
    ground = make_ground()
    site = make_site(ground)
    pass_checks(ground, make_line(ground, site))
    make_pictures(ground, site)
    late = LAID.replace(month=8, day=11)
    act = draft_act(site, by=ground.people.supplier, at=late)
    assert act.delay_days == 10
    assert act.penalty_kzt == ground.contract.sum_kzt / 100
    refuse_act(act, remarks="Later still", by=ground.people.supervisor, at=late)
    latest = LAID.replace(year=2027)
    assert draft_act(site, by=ground.people.supplier, at=latest).penalty_kzt == (
        ground.contract.sum_kzt / 10
    )


def test_an_agreed_longer_term_moves_the_day_from_which_works_are_late():
    ground = make_ground()
    site = make_site(ground)
    head, on = ground.people.head, LAID.replace(month=8, day=11)
    longer = site.ends_on + timedelta(days=30)
    change = propose_amendment(
        ground.contract, ground="design_change", reason="High ground water",
        change=(Decimal(0), longer), by=head, at=LAID,
    )  # fmt: skip
    assert lateness_of(site, on=on.date()).delay_days == 10
    agree_amendment(change, by=ground.people.supplier, at=LAID)
    site = Site.objects.get(pk=site.pk)
    assert (site.ends_on, lateness_of(site, on=on.date()).delay_days) == (longer, 0)


def test_a_failure_within_the_warranty_is_the_contractor_s():
    ground = make_ground()
    act = make_accepted(ground)
    new = Section.objects.get(born_of=ground.project.code)
    engineer = make_engineer(ground.network.utility_service)
    for at in (LAID.replace(year=2027), LAID.replace(year=2031)):
        record_failure(new, cause="joint", consumers_off=1, source="crew", by=engineer, at=at)
    act.refresh_from_db()
    assert act.warranty_until_on == LAID.date().replace(year=2029)
    assert [failure.at.year for failure in failures_under_warranty(ground.project)] == [2027]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_an_act_is_public_and_its_signatures_are_checked_outside(language, tmp_path):
    act = make_accepted(make_ground())
    client = Client()
    assert act.code in client.get(f"/{language}/acts/").content.decode()
    page = client.get(f"/{language}/acts/{act.code}/").content.decode()
    signature = Signature.objects.filter(subject_code=act.code).first()
    assert f"/files/signatures/{signature.code}.p7s" in page
    files = {
        "act.json": client.get(f"/files/acts/{act.code}.json").content,
        "act.p7s": client.get(f"/files/signatures/{signature.code}.p7s").content,
        "roots.pem": client.get(f"/{language}/desk/accounts/roots.pem").content,
    }
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    words = "openssl cms -verify -binary -inform DER -in act.p7s -content act.json"
    command = [*words.split(), "-CAfile", "roots.pem", "-out", "verified", "-no_check_time"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert hashlib.sha256(files["act.json"]).hexdigest() == act.document_sha256


def test_a_line_that_an_act_holds_is_not_withdrawn():
    ground = make_ground()
    site = make_site(ground)
    line = make_line(ground, site)
    pass_checks(ground, line)
    make_pictures(ground, site)
    act = make_act(ground, site)  # the line in hand does not know of the act
    with pytest.raises(Refused) as refused:
        withdraw_as_built(line, by=ground.people.supplier, at=LAID)
    assert codes(refused) == {"in_an_act"}
    assert sign_all(ground, act).state == "accepted"


def test_an_act_sent_back_meanwhile_is_not_signed():
    ground = make_ground()
    site = make_site(ground)
    pass_checks(ground, make_line(ground, site))
    make_pictures(ground, site)
    act = make_act(ground, site)
    refuse_act(Act.objects.get(), remarks="Lay it again", by=ground.people.supervisor, at=LAID)
    with pytest.raises(Refused) as refused:
        sign_act(act, "supplier", by=ground.people.supplier, at=LAID)
    assert codes(refused) == {"not_in_signing"}
    assert not Signature.objects.filter(subject_code=act.code).exists()


def test_an_act_never_pays_more_than_the_contract_s_sum():
    """The price of a metre is rounded; over many metres the rounding must not be paid."""
    ground = make_ground()
    site = make_site(ground)
    site.lines.update(price_kzt=F("price_kzt") + Decimal("0.01"))
    make_line(ground, site)
    act = make_act(ground, site, send=False)
    assert act.amount_kzt == site.sum_kzt
