"""Both wears of a real network: figures, zones, what is imputed, what is refreshed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from qaita.kernel.actor import NOBODY
from qaita.kernel.errors import Refused
from qaita.ledger.queries import timeline
from qaita.networks.models import Network, Section
from qaita.networks.parsed import ParsedInspection
from qaita.networks.queries import (
    data_quality,
    failure_rate,
    lengths_by_decade,
    wear_by_region_and_service,
    wear_forecast,
    wear_of,
)
from qaita.networks.services import (
    import_network,
    record_failures,
    record_inspection,
    refresh_condition,
    refresh_conditions_due,
)
from qaita.networks.services.records import FailureFacts, InspectionFacts
from tests.networks.make import (
    AT,
    make_engineer,
    make_network,
    make_parsed,
    make_utility,
    sections_by_name,
)

ON = date(2026, 3, 2)
pytestmark = pytest.mark.django_db


def make_mixed(years: list[int | None], materials: list[str] | None = None) -> Network:
    """Return a street whose sections were laid in these years (None: nobody knows)."""
    parsed = make_parsed(len(years), file_sha256="cd" * 32)
    for i, (row, year) in enumerate(zip(parsed.sections, years, strict=True)):
        row.laid_on = date(year, 7, 1) if year else None
        row.laid_precision = "year" if year else "unknown"
        row.material = (materials or ["steel"] * len(years))[i]
        row.length_m = 100.0
    utility = make_utility()
    by = make_engineer(utility)
    load = import_network(parsed, utility_service=utility, name="Mixed", by=by, at=AT)
    assert load.network is not None
    return load.network


def test_wear_is_told_both_ways_and_by_service():
    network = make_mixed([1980, 1990, 2020, 2024])
    [figures] = wear_of(network, on=ON)
    assert figures.service == "water"
    assert figures.share_past_norm == pytest.approx(0.5)  # water steel lives 20 years
    assert figures.modelled_condition is not None and 0.4 < figures.modelled_condition < 0.6
    assert figures.length_m == pytest.approx(400) and figures.imputed_share == 0
    assert wear_by_region_and_service(ON)[("55", "water")] == figures


def test_the_zone_follows_the_thresholds_of_its_day():
    network = make_mixed([1980] * 13 + [2024] * 7)  # 65 % past norm
    assert wear_of(network, on=date(2025, 9, 1))[0].zone == "amber"  # red above 70
    assert wear_of(network, on=ON)[0].zone == "red"  # red above 60


def test_an_unknown_year_is_imputed_flagged_and_counted():
    network = make_mixed([1980, 1981, None, 1983, 1984, 1985])
    unknown = sections_by_name(network)["s2"]
    assert unknown.laid_imputed and unknown.laid_on is not None
    assert 1979 <= unknown.laid_on.year <= 1985
    [figures] = wear_of(network, on=ON)
    assert figures.imputed_share == pytest.approx(1 / 6)
    quality = data_quality(network, on=ON)
    assert quality.answered["year"] == pytest.approx(5 / 6)
    assert quality.imputed_m == pytest.approx(100)


def test_an_unknown_material_is_that_of_its_street():
    network = make_mixed([1980] * 4, ["cast_iron", "", "cast_iron", "cast_iron"])
    section = sections_by_name(network)["s1"]
    assert section.material == "cast_iron" and section.material_imputed
    assert section.norm_life_years == 60


def test_with_nothing_known_nothing_is_called_past_its_norm():
    network = make_mixed([None, None], ["", ""])
    [figures] = wear_of(network, on=ON)
    assert figures.imputed_share == 1 and figures.share_past_norm == 0
    assert figures.modelled_condition == pytest.approx(0.46, abs=0.05)


def test_failures_and_inspections_move_the_condition_and_the_ledger_says_so():
    network = make_mixed([2010] * 6)
    by = make_engineer(network.utility_service)
    before = sections_by_name(network)
    happened = datetime(2025, 11, 3, 4, 0, tzinfo=UTC)
    rows = [FailureFacts(before["s0"], happened), FailureFacts(before["s0"], happened)]
    record_failures(rows, by=by, at=AT)
    record_inspection(InspectionFacts(before["s3"], ON, 0.9), by=by, at=AT)
    made = refresh_condition(network, on=ON, by=by, at=AT)
    after = sections_by_name(network)
    assert after["s0"].condition > after["s1"].condition
    assert after["s3"].condition == pytest.approx(0.9)
    assert made.sections == 6 and timeline(network.code)[-1].action == "refresh_condition"
    assert failure_rate(network, on=ON).rate_per_km_year == pytest.approx(2 / (0.6 * 5))


def test_a_refresh_twice_on_one_day_changes_nothing():
    network = make_mixed([1980, None, 2010, 2015, 2016, 2017])
    by = make_engineer(network.utility_service)
    refresh_condition(network, on=ON, by=by, at=AT)
    stored = list(Section.objects.filter(network=network).values())
    assert refresh_condition(network, on=ON, by=by, at=AT).changed == 0
    assert list(Section.objects.filter(network=network).values()) == stored


def test_a_nobody_cannot_refresh():
    network = make_network()
    with pytest.raises(Refused):
        refresh_condition(network, on=ON, by=NOBODY, at=AT)


def test_the_forecast_runs_to_the_programmes_last_year_and_renewal_lowers_it():
    network = make_mixed([1980, 1990, 2007, 2008, 2020, 2024])
    idle = wear_forecast(network, on=ON)
    assert [row.year for row in idle] == [2026, 2027, 2028, 2029]
    assert idle[0].share_past_norm == pytest.approx(2 / 6)
    assert idle[-1].share_past_norm == pytest.approx(4 / 6)
    busy = wear_forecast(network, on=ON, renewed_m=[100, 100, 100])
    assert busy[-1].share_past_norm == pytest.approx(1 / 6)


def test_length_is_told_by_decade():
    decades = lengths_by_decade(make_mixed([1983, 1988, 2011, 2012, 2013, None]))
    assert decades[0].start == 1980 and decades[0].length_m == pytest.approx(200)
    assert sum(row.imputed_m for row in decades) == pytest.approx(100)


def test_a_failure_of_today_counts_in_the_next_run_of_the_calendar():
    network = make_mixed([2010] * 6)
    by = make_engineer(network.utility_service)
    assert refresh_conditions_due(at=AT) == 1
    assert refresh_conditions_due(at=AT + timedelta(hours=1)) == 0
    before = sections_by_name(network)["s0"]
    later = AT + timedelta(hours=2)
    record_failures([FailureFacts(before, later)], by=by, at=later)
    assert refresh_conditions_due(at=AT + timedelta(hours=3)) == 1
    assert sections_by_name(network)["s0"].condition > before.condition
    assert refresh_conditions_due(at=AT + timedelta(days=40)) == 1


def test_what_a_file_tells_of_inspections_counts_at_once():
    parsed = make_parsed(3, file_sha256="ef" * 32)
    parsed.inspections = [ParsedInspection("s1", date(2026, 3, 1), 0.1, row=1)]
    utility = make_utility()
    by = make_engineer(utility)
    load = import_network(parsed, utility_service=utility, name="Seen", by=by, at=AT)
    sections = sections_by_name(load.network)
    assert sections["s1"].condition == pytest.approx(0.1, abs=0.01)
    assert sections["s0"].condition > 0.9
