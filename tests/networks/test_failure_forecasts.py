"""Failures foretold from the database: whose records teach, what is stored, who reads it."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from qaita.kernel.actor import CLOCK, PUBLIC
from qaita.kernel.errors import Refused
from qaita.ledger.models import Entry
from qaita.networks.models import FailureForecast, FailureModel, Network
from qaita.networks.queries import (
    failure_forecast_of,
    failure_model_of,
    failure_rates,
)
from qaita.networks.services import (
    forecast_failures,
    forecast_failures_due,
    import_network,
    merge_sections,
    record_failures,
)
from qaita.networks.services.records import FailureFacts
from qaita.planning.needs import needs_in
from tests.networks.make import (
    PROGRAMME,
    make_engineer,
    make_network,
    make_parsed,
    make_utility,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
ON = date(2026, 3, 2)


def fail(network: Network, count: int, *, worst: int = 8) -> None:
    """Let the first `worst` sections fail in turn over the last nine years."""
    sections = list(network.sections.order_by("pk"))[:worst]
    owner = network.utility_service
    rows = [
        FailureFacts(sections[i % worst], AT - timedelta(days=30 + 3200 * i // count))
        for i in range(count)
    ]
    record_failures(rows, by=make_engineer(owner, "dispatcher"), at=AT)


def foretell(network: Network, **values: object):
    owner = network.utility_service
    return forecast_failures(owner, on=ON, by=make_engineer(owner), at=AT, **values)


def test_sections_that_failed_expect_more_and_the_model_is_named():
    network = make_network(60)
    fail(network, 90)
    told = foretell(network)
    assert told.sections == 60
    model = failure_model_of(network.utility_service)
    assert model is not None
    assert (model.learnt_from, model.own_failures_count, model.made_on) == ("own", 90, ON)
    assert model.leaderboard
    assert model.name in {line["name"] for line in model.leaderboard}
    sections = list(network.sections.order_by("pk"))
    rates = failure_rates(sections, ON)
    assert rates.known.all()
    assert rates.expected[:8].min() > 5 * rates.expected[8:].max()
    assert (rates.low < rates.expected).all()
    assert (rates.expected < rates.high).all()
    assert 5 < rates.expected.sum() < 20  # ten a year were recorded
    entry = Entry.objects.get(kind="utility_service.forecast_failures")
    assert f'"model":"{model.name}"' in entry.leaf


def test_a_second_forecast_takes_the_place_of_the_first_and_says_the_same():
    network = make_network(40)
    fail(network, 60)
    foretell(network)
    first = list(FailureForecast.objects.order_by("section").values_list("failures_per_year"))
    foretell(network)
    assert FailureModel.objects.count() == 1
    again = FailureForecast.objects.order_by("section").values_list("failures_per_year")
    assert list(again) == first


def test_a_service_with_few_failures_learns_from_its_region_and_says_so():
    rich = make_network(60)
    fail(rich, 70)
    poor = make_utility("water", number="2")
    parsed = make_parsed(20, file_sha256="cd" * 32)
    load = import_network(parsed, utility_service=poor, name="B", by=make_engineer(poor), at=AT)
    told = forecast_failures(poor, on=ON, by=make_engineer(poor), at=AT)
    assert told.sections == 20
    assert told.model is not None
    assert (told.model.learnt_from, told.model.failures_counted) == ("region", 70)
    assert not FailureForecast.objects.filter(section__network=rich).exists()
    section = load.network.sections.first()
    assert failure_forecast_of(section, on=ON).failures_per_year > 0


def test_where_nobody_has_records_nothing_is_said():
    network = make_network(10)
    assert foretell(network).model is None
    rates = failure_rates(list(network.sections.all()), ON)
    assert not rates.known.any()


def test_a_merged_section_keeps_the_failures_of_its_parts():
    network = make_network(40)
    fail(network, 60)
    parts = list(network.sections.order_by("pk")[:2])
    engineer = make_engineer(network.utility_service)
    whole = merge_sections(parts, by=engineer, at=AT)
    foretell(network)
    assert failure_forecast_of(parts[0], on=ON) is None
    other = network.sections.order_by("pk")[2]
    assert (
        failure_forecast_of(whole, on=ON).failures_per_year
        > failure_forecast_of(other, on=ON).failures_per_year
    )


def test_the_plan_takes_what_was_foretold_and_only_from_the_day_it_was():
    network = make_network(60)
    fail(network, 90)
    before = needs_in(network, ON).old_per_year
    foretell(network)
    needs = needs_in(network, ON)
    rates = failure_rates(needs.sections, ON)
    assert np.allclose(needs.old_per_year, np.maximum(rates.expected, needs.new_per_year))
    assert np.array_equal(
        needs_in(network, ON - timedelta(days=1)).old_per_year.shape, before.shape
    )
    assert not failure_rates(needs.sections, ON - timedelta(days=1)).known.any()


def test_a_nobody_may_not_foretell():
    network = make_network(5)
    with pytest.raises(Refused):
        forecast_failures(network.utility_service, on=ON, by=PUBLIC, at=AT)


def test_the_calendar_foretells_once_a_month():
    network = make_network(40)
    fail(network, 60)
    assert forecast_failures_due(at=AT) == 1
    assert forecast_failures_due(at=AT) == 0
    assert forecast_failures_due(at=AT + timedelta(days=31)) == 1
    assert CLOCK.code in set(Entry.objects.values_list("actor", flat=True))


def test_the_command_judges_a_utility_of_the_register():
    network = make_network(60)
    fail(network, 90)
    out, code = StringIO(), network.utility_service.code
    call_command("wear", "backtest", "--utility", code, stdout=out)
    assert "60 sections" in out.getvalue()
    assert "Believed:" in out.getvalue()
    with pytest.raises(CommandError, match="US-NOBODY"):
        call_command("wear", "backtest", "--utility", "US-NOBODY")
    with pytest.raises(CommandError, match="Name"):
        call_command("wear", "backtest")


def test_the_command_stores_the_forecasts_of_a_utility():
    network = make_network(40)
    fail(network, 60)
    out = StringIO()
    call_command("wear", "forecast", "--utility", network.utility_service.code, stdout=out)
    assert "40 sections by" in out.getvalue()
    assert FailureForecast.objects.count() == 40
    call_command("wear", "forecast", stdout=out)
    assert "0 services foretold" in out.getvalue()


def test_the_pages_say_which_model_is_used_and_what_a_section_expects(client):
    network = make_network(60)
    owner = network.utility_service
    page = f"/en/utilities/{owner.organisation.code}/"
    assert "Too few failures are on record" in client.get(page).content.decode()
    fail(network, 90)
    foretell(network)
    shown = client.get(page).content.decode()
    assert "How failures are foretold" in shown
    assert "taught by the utility&#x27;s own records: 90 failures" in shown
    assert "rule: the oldest first" in shown
    section = network.sections.order_by("pk").first()
    shown = client.get(f"/en/sections/{section.code}/").content.decode()
    assert "Failures expected a year" in shown
    assert "with 95 % confidence between" in shown


def test_the_programme_office_may_foretell_too():
    network = make_network(40)
    fail(network, 60)
    assert forecast_failures(network.utility_service, on=ON, by=PROGRAMME, at=AT).model
