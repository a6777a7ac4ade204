"""Reports from the site: days, pictures, quantities, lines, milestones, permits."""

import json
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from django.core.files.storage import default_storage

from qaita.kernel.errors import Refused, Wrong
from qaita.ledger.queries import timeline
from qaita.networks.geometry import geodesic_length_m, unpack
from qaita.procurement.models import Contract
from qaita.works.models import Evidence
from qaita.works.queries import measured_so_far
from qaita.works.reading import read_laid_line
from qaita.works.services import (
    DayWork,
    Readings,
    SitePlan,
    close_permit,
    judge_milestone,
    measure_line,
    open_permit,
    open_site,
    plan_milestones,
    record_check,
    start_site,
    withdraw_as_built,
    write_day_report,
)
from tests.together import at_once
from tests.works.make import (
    LAID,
    SIGNED,
    STARTED,
    design_line,
    make_act,
    make_bill,
    make_contract,
    make_ground,
    make_line,
    make_picture,
    make_pictures,
    make_site,
    pass_checks,
    sign_all,
)

pytestmark = pytest.mark.django_db


def codes(error: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in error.value.reasons}


def test_a_site_opens_once_and_only_for_a_signed_contract():
    ground = make_ground()
    stored = Contract.objects.filter(pk=ground.contract.pk)
    stored.update(state="terminated")  # while the thing in hand still says that it is signed
    with pytest.raises(Refused) as early:
        open_site(ground.contract, by=ground.people.supplier, at=SIGNED)
    assert codes(early) == {"no_signed_contract"}
    stored.update(state="signed")
    make_site(ground)
    ground.contract.refresh_from_db()
    with pytest.raises(Refused) as twice:
        open_site(ground.contract, by=ground.people.supplier, at=SIGNED)
    assert codes(twice) == {"site_exists"}


def test_a_nobody_opens_and_starts_nothing():
    ground = make_ground()
    with pytest.raises(Refused):
        open_site(ground.contract, by=ground.people.nobody, at=SIGNED)
    site = make_site(ground, running=False)
    with pytest.raises(Refused):
        start_site(site, by=ground.people.nobody, at=STARTED)


def test_starting_takes_the_sections_out_of_service_and_the_project_into_works():
    ground = make_ground()
    site = make_site(ground)
    assert set(site.sections.values_list("state", flat=True)) == {"in_works"}
    ground.project.refresh_from_db()
    ground.contract.refresh_from_db()
    assert (ground.project.state, ground.contract.state) == ("in_works", "running")


def test_a_bill_above_the_contract_or_the_estimate_is_refused():
    ground = make_ground()
    bill = make_bill(ground)
    dear = [*bill[:1], type(bill[1])(bill[1].titles, "pcs", Decimal(6), Decimal(5), Decimal(10**7))]
    with pytest.raises(Wrong):
        open_site(ground.contract, SitePlan(bill=dear), by=ground.people.supplier, at=SIGNED)
    wide = [type(bill[1])(bill[1].titles, "pcs", Decimal(6), Decimal(7), Decimal(1))]
    with pytest.raises(Refused) as refused:
        open_site(ground.contract, SitePlan(bill=wide), by=ground.people.supplier, at=SIGNED)
    assert codes(refused) == {"over_estimate"}


def test_a_day_is_reported_once_and_never_ahead():
    ground = make_ground()
    site = make_site(ground)
    work = DayWork(LAID.date(), "Trench opened", workers=8)
    report = write_day_report(site, work, by=ground.people.supplier, at=LAID)
    assert timeline(report.code)[0].facts["workers"] == 8
    with pytest.raises(Wrong):
        write_day_report(site, work, by=ground.people.supplier, at=LAID)
    ahead = DayWork(LAID.date() + timedelta(days=1), "Tomorrow")
    with pytest.raises(Wrong):
        write_day_report(site, ahead, by=ground.people.supplier, at=LAID)
    with pytest.raises(Refused):
        write_day_report(site, DayWork(STARTED.date(), "x"), by=ground.people.supervisor, at=LAID)


def test_quantities_add_up_to_the_contract_and_no_further():
    ground = make_ground()
    site = make_site(ground, bill=make_bill(ground))
    manholes = site.lines.get(kind="other")
    by = ground.people.supplier
    measure_line(manholes, Decimal(3), on=LAID.date(), by=by, at=LAID)
    measure_line(manholes, Decimal(2), on=LAID.date(), by=by, at=LAID)
    assert measured_so_far(manholes) == 5
    with pytest.raises(Refused) as refused:
        measure_line(manholes, Decimal("0.001"), on=LAID.date(), by=by, at=LAID)
    assert codes(refused) == {"over_contract"}


def test_length_cannot_be_measured_by_hand():
    ground = make_ground()
    site = make_site(ground, bill=make_bill(ground))
    laying = site.lines.get(kind="length")
    with pytest.raises(Refused) as refused:
        measure_line(laying, Decimal(1), on=LAID.date(), by=ground.people.supplier, at=LAID)
    assert codes(refused) == {"length_is_measured"}


def test_a_line_s_length_is_that_of_its_geometry():
    ground = make_ground()
    line = make_line(ground, make_site(ground))
    assert line.length_m == pytest.approx(geodesic_length_m(unpack(line.geometry)))
    assert line.deviation_m < 0.05


def test_a_section_is_covered_once_until_its_line_is_withdrawn():
    ground = make_ground()
    site = make_site(ground)
    line = make_line(ground, site)
    with pytest.raises(Refused) as refused:
        make_line(ground, site)
    assert codes(refused) == {"already_covered"}
    withdraw_as_built(line, by=ground.people.supplier, at=LAID)
    assert make_line(ground, site).state == "recorded"


def test_a_pressure_test_is_judged_by_its_readings():
    ground = make_ground()
    line = make_line(ground, make_site(ground))
    by = ground.people.supervisor

    def held(pressure, minutes, drop):
        readings = Readings("pressure_test", LAID.date(), 600.0, pressure, drop, minutes)
        return record_check(line, readings, by=by, at=LAID).is_passed

    assert held(780.0, 10.0, 15.0)
    assert not held(779.0, 10.0, 15.0)
    assert not held(780.0, 9.0, 15.0)
    assert not held(780.0, 10.0, 16.0)
    with pytest.raises(Wrong):
        record_check(line, Readings("pressure_test", LAID.date()), by=by, at=LAID)


def test_a_picture_from_the_place_carries_no_doubt_and_its_hash_is_in_the_ledger():
    ground = make_ground()
    site = make_site(ground)
    picture = make_picture(ground, site)
    assert picture.flags == []
    assert picture.distance_m < 1
    assert timeline(picture.code)[0].facts["sha256"] == picture.sha256
    with default_storage.open(picture.public_path) as kept:
        assert b"Exif" not in kept.read()


def test_a_picture_from_elsewhere_or_another_time_is_flagged():
    ground = make_ground()
    site = make_site(ground)
    assert make_picture(ground, site, aside_deg=0.01).flags == ["outside"]
    old = make_picture(ground, site, number=7, taken="2024:05:10 09:00:00")
    assert old.flags == ["other_time"]
    bare = make_picture(ground, site, number=8, taken="")
    assert bare.flags == ["no_time"]


def test_the_same_picture_again_is_flagged():
    ground = make_ground()
    site = make_site(ground)
    first = make_picture(ground, site, number=3)
    again = make_picture(ground, site, number=3)
    assert again.flags == ["reused"]
    assert again.same_as == first


def test_what_is_no_picture_leaves_nothing_behind():
    ground = make_ground()
    site = make_site(ground)
    from qaita.works.services import Snapshot, record_evidence

    with pytest.raises(Wrong):
        record_evidence(site, Snapshot(b"nothing", "during"), by=ground.people.supplier, at=LAID)
    assert not Evidence.objects.exists()


def test_a_milestone_is_met_with_evidence_and_missed_with_a_remark():
    ground = make_ground()
    site = make_site(ground)
    points = [(("Іргетас", "Основание", "Bedding"), date(2026, 5, 20))]
    (milestone,) = plan_milestones(site, points, by=ground.people.supplier, at=STARTED)
    with pytest.raises(Wrong):
        judge_milestone(milestone, "meet", by=ground.people.supervisor, at=LAID)
    with pytest.raises(Wrong):
        judge_milestone(milestone, "miss", by=ground.people.supervisor, at=LAID)
    picture = make_picture(ground, site)
    with pytest.raises(Refused):
        judge_milestone(milestone, "meet", evidence=[picture], by=ground.people.supplier, at=LAID)
    judge_milestone(milestone, "meet", evidence=[picture], by=ground.people.supervisor, at=LAID)
    assert milestone.state == "met"
    assert list(milestone.evidence.all()) == [picture]


def test_a_permit_is_closed_by_the_supervision():
    ground = make_ground()
    site = make_site(ground)
    day = LAID.date()
    by = ground.people.supplier
    permit = open_permit(site, number="1", issued_on=day, until_on=day, by=by, at=LAID)
    with pytest.raises(Refused):
        close_permit(permit, by=ground.people.supplier, at=LAID)
    assert close_permit(permit, by=ground.people.supervisor, at=LAID).state == "closed"


def _written(line: np.ndarray, kind: str) -> bytes:
    points = line.tolist()
    if kind == "geojson":
        return json.dumps(
            {"type": "Feature", "geometry": {"type": "LineString", "coordinates": points}}
        ).encode()
    if kind == "gpx":
        inner = "".join(f'<trkpt lon="{x}" lat="{y}"/>' for x, y in points)
        return f"<gpx><trk><trkseg>{inner}</trkseg></trk></gpx>".encode()
    if kind == "csv":
        rows = "\n".join(f"{y};{x}".replace(".", ",") for x, y in points)
        return f"Ендік;Бойлық\n{rows}".encode()
    return "\n".join(f"{x}, {y}" for x, y in points).encode()


@pytest.mark.parametrize("kind", ["geojson", "gpx", "csv", "drawn"])
def test_a_line_is_read_from_each_kind_of_file(kind):
    ground = make_ground()
    line = design_line(list(ground.project.sections.order_by("pk")))
    read = read_laid_line(_written(line, kind), source=kind)
    assert np.allclose(read.coords, line)


@pytest.mark.parametrize(
    ("data", "source"),
    [
        (b"", "csv"),
        (b"\xff\xfe\x00", "geojson"),
        (b"{", "geojson"),
        (b'{"type":"FeatureCollection","features":[]}', "geojson"),
        (b'{"type":"Point","coordinates":[1,2]}', "geojson"),
        (b'{"type":"LineString","coordinates":[[500000,5700000],[500100,5700000]]}', "geojson"),
        (b'{"type":"LineString","coordinates":[[76.9,52.2],[76.9,52.2]]}', "geojson"),
        (b'{"type":"LineString","coordinates":[[NaN,52.2],[76.9,52.2]]}', "geojson"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><gpx>&a;</gpx>', "gpx"),
        (b"<gpx/>", "gpx"),
        (b"76.9,52.2\nabc,52.3", "drawn"),
        (b"[" * 100_000, "geojson"),
        (b"1,2\n" * 30_000, "csv"),
        (b"x" * 2_000_001, "csv"),
        (b"anything", "dwg"),
    ],
)
def test_a_bad_file_ends_in_a_sentence(data, source):
    with pytest.raises(Wrong):
        read_laid_line(data, source=source)


def test_a_site_takes_only_free_sections_of_its_project():
    ground = make_ground(sections=3)
    make_site(ground)
    second_contract = make_contract(ground)
    with pytest.raises(Refused) as refused:
        open_site(second_contract, by=ground.people.supplier, at=SIGNED)
    assert codes(refused) == {"no_free_sections"}


def test_two_contracts_of_a_project_have_a_site_each_and_both_must_end():
    ground = make_ground(sections=3)
    sections = list(ground.project.sections.order_by("pk"))
    first = make_site(ground, sections=sections[:1])
    second_contract = make_contract(ground)
    second = open_site(second_contract, by=ground.people.supplier, at=SIGNED)
    assert set(second.sections.all()) == set(sections[1:])
    pass_checks(ground, make_line(ground, first))
    make_pictures(ground, first)
    sign_all(ground, make_act(ground, first))
    ground.project.refresh_from_db()
    assert ground.project.state == "in_works"


@pytest.mark.django_db(transaction=True)
def test_one_picture_sent_by_two_at_once_is_taken_twice_and_flagged_once():
    ground = make_ground()
    site = make_site(ground)
    send = lambda: make_picture(ground, site, number=7)  # noqa: E731 -- twice the same
    assert at_once(send, send) == [None, None]
    assert sorted("reused" in picture.flags for picture in Evidence.objects.all()) == [False, True]


def test_a_quantity_is_not_measured_ahead_of_its_day():
    ground = make_ground()
    site = make_site(ground, bill=make_bill(ground))
    line = site.lines.exclude(kind="length").first()
    with pytest.raises(Wrong) as wrong:
        measure_line(
            line, Decimal(1), on=LAID.date() + timedelta(days=1), by=ground.people.supplier, at=LAID
        )
    assert list(wrong.value.fields) == ["on"]
    assert measured_so_far(line) == 0
