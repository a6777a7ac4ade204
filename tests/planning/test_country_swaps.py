"""An official changes the country's plan by hand: priced, refused, published, written down."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from qaita.accounts.models import Person
from qaita.console import check_plan
from qaita.kernel.actor import NOBODY
from qaita.kernel.errors import Refused, Stale, Wrong
from qaita.ledger.models import Entry
from qaita.ledger.queries import seen_of, timeline
from qaita.networks.models import Section
from qaita.planning.models import CountryRun
from qaita.planning.queries import (
    adopted_country_run,
    folder_of,
    options_of_package,
    package_in_run,
    packages_of_run,
    price_swap,
    room_for,
    sections_of_packages,
)
from qaita.planning.services import SwapAsked, adopt_country_run, override_country_run
from qaita.programme.models import Project
from qaita.programme.queries import held_packages
from qaita.programme.services import Draft, draft_project, swap_packages
from tests.accounts.make import make_person
from tests.planning.make import AT
from tests.planning.make_country import Land, make_country_run, make_land, make_limits_of_land
from tests.planning.test_country_desk import signed_in

pytestmark = pytest.mark.django_db
WHY = "The street is resurfaced this year."


@pytest.fixture
def land() -> Land:
    return make_land()


def tight(land: Land) -> CountryRun:
    return make_country_run(land, make_limits_of_land(60))


def chosen(run: CountryRun) -> list[str]:
    return [one.code for one in packages_of_run(run).lines if one.year]


def left_out(run: CountryRun) -> list[str]:
    return [one.code for one in packages_of_run(run).lines if not one.year]


def swap(land: Land, run: CountryRun, wanted: dict[str, int], **more: object) -> CountryRun:
    asked = replace(SwapAsked(wanted, WHY), **more)
    return override_country_run(run, asked, by=land.office, at=AT)


def test_a_package_taken_out_costs_its_benefit_and_the_plan_that_follows_passes_the_checker(land):
    run = tight(land)
    code = chosen(run)[0]
    before = package_in_run(run, code)
    weighed = price_swap(run, {code: 0})
    assert weighed.lost_mkzt == pytest.approx(before.benefit_mkzt)
    assert weighed.more_cost_mkzt == pytest.approx(-before.cost_mkzt)
    assert weighed.fewer_failures > 0 and not any(row.is_broken for row in weighed.rows)
    made = swap(land, run, {code: 0})
    assert check_plan.check(folder_of(made)) == [] and check_plan.check(folder_of(run)) == []
    assert float(run.value_kzt - made.value_kzt) == pytest.approx(1e6 * weighed.lost_mkzt, abs=2)
    assert made.bound_kzt == run.bound_kzt and made.gap_share > run.gap_share
    assert made.inputs_digest == run.inputs_digest and made.result_digest != run.result_digest
    assert package_in_run(made, code).reason == "official_out"
    told = json.loads((folder_of(made) / "run.json").read_text())
    assert told["swap"]["reason"] == WHY and told["swap"]["from_digest"] == run.result_digest
    regrets = package_in_run(made, code).regret_mkzt - before.regret_mkzt
    assert told["swap"]["regret_mkzt"] == pytest.approx(regrets, abs=1e-6)


def test_a_swap_that_breaks_a_limit_is_refused_with_its_name_and_amount(land):
    run = tight(land)
    code = max(left_out(run), key=lambda one: package_in_run(run, one).cost_mkzt)
    _now, sides = options_of_package(run, code)
    option = max(sides, key=lambda side: side.cost_mkzt)
    weighed = price_swap(run, {code: option.option})
    assert weighed.rows[0].is_broken
    height = Entry.objects.count()
    with pytest.raises(Refused) as caught:
        swap(land, run, {code: option.option})
    assert [reason.code for reason in caught.value.reasons] == ["limit_broken"]
    assert f"{option.year}" in str(caught.value.reasons[0].text)
    assert CountryRun.objects.count() == 1 and Entry.objects.count() == height
    assert [path.name for path in folder_of(run).parent.iterdir()] == [run.code]


def test_the_cheapest_room_for_a_swap_keeps_every_limit_and_leaves_the_swap_as_it_is(land):
    run = tight(land)
    code = max(left_out(run), key=lambda one: package_in_run(run, one).cost_mkzt)
    option = max(options_of_package(run, code)[1], key=lambda side: side.cost_mkzt).option
    weighed = price_swap(run, {code: option})
    made = room_for(run, weighed)
    assert made is not None and not any(row.is_broken for row in made.rows)
    assert {one.code: one.after.option for one in made.packages}[code] == option
    # taking out any one chosen package of that year that makes room loses no less
    alone = []
    for other in chosen(run):
        for side in options_of_package(run, other)[1]:
            both = price_swap(run, {code: option, other: side.option})
            if not any(row.is_broken for row in both.rows):
                alone.append(both.lost_mkzt)
    assert alone and made.lost_mkzt <= min(alone) + 0.1
    wanted = {one.code: one.after.option for one in made.packages}
    follows = swap(land, run, wanted)
    assert check_plan.check(folder_of(follows)) == []


def test_a_plan_in_force_gives_way_and_the_ledger_says_who_why_and_at_what_price(land):
    run = adopt_country_run(tight(land), by=land.office, at=AT)
    code = chosen(run)[0]
    made = swap(land, run, {code: 0})
    run.refresh_from_db()
    assert (run.state, made.state) == ("superseded", "adopted")
    assert adopted_country_run() == made
    assert [one.kind for one in timeline(run.code)][-1] == "country_run.override"
    kinds = [one.kind for one in timeline(made.code)]
    assert kinds == ["country_run.follow", "country_run.adopt"]
    entry = timeline(made.code)[0]
    facts = entry.facts
    assert entry.actor == land.office.code and facts["reason"] == WHY
    assert facts["from_run"] == run.code and facts["packages"] == 1
    assert facts["result_digest"] == made.result_digest


def test_a_swap_of_a_swap_keeps_the_whole_story(land):
    run = tight(land)
    first, second = chosen(run)[:2]
    made = swap(land, run, {first: 0})
    back = package_in_run(run, first).option
    again = swap(land, made, {second: 0, first: back})
    assert check_plan.check(folder_of(again)) == []
    assert again.swapped_from == made and made.swapped_from == run
    only = price_swap(run, {second: 0})
    assert float(run.value_kzt - again.value_kzt) == pytest.approx(1e6 * only.lost_mkzt, abs=2)


def test_a_changed_plan_says_how_sure_it_is_itself_and_what_it_was_before(land):
    run = adopt_country_run(tight(land), by=land.office, at=AT)
    code = max(chosen(run), key=lambda one: package_in_run(run, one).benefit_mkzt)
    made = swap(land, run, {code: 0})
    was, now = (
        json.loads((folder_of(one) / "run.json").read_text())["certainty"] for one in (run, made)
    )
    assert now["draws"] == was["draws"] == 200
    assert now["low_mkzt"] < float(made.value_kzt) / 1e6 < now["high_mkzt"]
    assert now["low_mkzt"] < was["low_mkzt"] and now["high_mkzt"] < was["high_mkzt"]
    assert now["beats_oldest_first_share"] <= was["beats_oldest_first_share"]
    share = package_in_run(run, code).included_share
    assert 0 < share <= 1 and package_in_run(made, code).included_share == share
    told = Client(headers={"accept-language": "en"}).get("/en/country-plan/").content.decode()
    assert "How sure it is" in told and "before the change by hand" in told
    own = reverse("portal:country_package", args=[made.code, code]).replace("/kk/", "/en/", 1)
    assert f"{share:.0%}" in Client().get(own).content.decode().replace("\u00a0", "")
    # changed back it is as sure as it was
    back = swap(land, made, {code: package_in_run(run, code).option})
    assert json.loads((folder_of(back) / "run.json").read_text())["certainty"] == was


def test_sums_and_materials_of_the_plan_that_follows_are_those_of_its_packages(land):
    run = tight(land)
    code = chosen(run)[0]
    made = swap(land, run, {code: 0})
    assert sum(one["packages"] for one in made.cells) < sum(one["packages"] for one in run.cells)
    cost = package_in_run(run, code).cost_mkzt
    spent = [sum(one["cost_mkzt"] for one in each.cells) for each in (run, made)]
    assert spent[0] - spent[1] == pytest.approx(cost, abs=1e-4)
    metres = [sum(one["length_km"] for one in each.demands) for each in (run, made)]
    assert metres[0] > metres[1]
    back = swap(land, made, {code: package_in_run(run, code).option})
    assert sum(one["length_km"] for one in back.demands) == pytest.approx(metres[0], abs=1e-4)


def test_nobody_else_and_no_finished_plan_may_be_changed(land):
    run = tight(land)
    code = chosen(run)[0]
    for stranger in (NOBODY, land.water.engineer, land.water.head):
        with pytest.raises(Refused) as caught:
            override_country_run(run, SwapAsked({code: 0}, WHY), by=stranger, at=AT)
        assert caught.value.reasons[0].code == "not_your_role"
    adopt_country_run(run, by=land.office, at=AT)
    swap(land, run, {code: 0})
    with pytest.raises(Refused) as caught:
        swap(land, run, {code: 0})
    assert caught.value.reasons[0].code == "wrong_state"


def test_a_page_that_is_behind_is_refused_and_so_is_the_same_swap_sent_twice(land):
    run = tight(land)
    code, seen = chosen(run)[0], seen_of(run.code)
    swap(land, run, {code: 0}, seen=seen)
    with pytest.raises(Stale):
        swap(land, run, {code: 0}, seen=seen)
    assert CountryRun.objects.count() == 2


def test_what_cannot_be_is_said(land):
    run = tight(land)
    code = chosen(run)[0]
    now = package_in_run(run, code).option
    for wanted in ({"PK-NONE": 0}, {code: 999}, {code: now}, {}):
        with pytest.raises(Wrong) as wrong:
            swap(land, run, wanted)
        assert "packages" in wrong.value.fields
    for reason in ("  ", "x" * 2_001):
        with pytest.raises(Wrong) as wrong:
            swap(land, run, {code: 0}, reason=reason)
        assert "reason" in wrong.value.fields
    with pytest.raises(Refused) as caught:
        swap(land, run, {code: 0}, held={code: "AP-1"})
    assert caught.value.reasons[0].code == "held_package" and CountryRun.objects.count() == 1


def test_the_checker_that_stands_alone_agrees(land):
    run = tight(land)
    made = swap(land, run, {chosen(run)[0]: 0})
    done = subprocess.run(
        [sys.executable, check_plan.__file__, str(folder_of(made))],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


# ------------------------------------------------------------------ what people see and do


def door(run: CountryRun) -> str:
    return reverse("planning:country_swap", args=[run.code])


def test_the_office_sees_the_price_before_it_confirms_and_everybody_reads_it_after(land):
    run = adopt_country_run(tight(land), by=land.office, at=AT)
    client, code = signed_in(Person.objects.get(code=land.office.code)), chosen(run)[0]
    assert door(run) in client.get(reverse("planning:country_run", args=[run.code])).text
    empty = client.get(door(run)).text
    assert "Nothing is picked yet" in empty
    assert f'value="{code}"' in client.get(door(run), {"is_chosen": "yes"}).text
    picked = client.get(door(run), {"add": code}).text
    assert "as now" in picked and "Show the price" in picked and "Make the change" not in picked
    priced = client.get(door(run), {"package": code, "option": "0"}).text
    assert "Losses avoided over 30 years: less by" in priced and "Make the change" in priced
    sent = {"package": code, "option": "0", "seen": seen_of(run.code)}
    without = client.post(door(run), sent)
    assert without.status_code == 422 and CountryRun.objects.count() == 1
    answer = client.post(door(run), sent | {"reason": WHY}, follow=True)
    made = CountryRun.objects.exclude(pk=run.pk).get()
    assert made.state == "adopted" and WHY in answer.text
    page = Client(headers={"accept-language": "en"}).get("/en/country-plan/").text
    assert "Changed by an official: 1 package." in page and WHY in page and code in page
    assert f"/country-plan/{run.code}/" in page
    package = Client().get(f"/en/country-plan/{made.code}/packages/{code}/").text
    assert "taken out by an official" in package
    again = client.post(door(run), sent | {"reason": WHY})
    assert again.status_code == 409 and CountryRun.objects.count() == 2


def test_a_plan_changed_before_it_was_ever_in_force_leads_the_public_to_no_closed_page(land):
    run = tight(land)
    made = swap(land, run, {chosen(run)[0]: 0})
    assert made.state == "made" and run.state == "made"
    adopt_country_run(made, by=land.office, at=AT)
    page = Client().get("/en/country-plan/").text
    assert run.code in page and f"/country-plan/{run.code}/" not in page
    assert made.code in page and WHY in page


def test_a_broken_limit_is_shown_with_the_cheapest_room_and_has_no_button(land):
    run = tight(land)
    client = signed_in(Person.objects.get(code=land.office.code))
    code = max(left_out(run), key=lambda one: package_in_run(run, one).cost_mkzt)
    option = max(options_of_package(run, code)[1], key=lambda side: side.cost_mkzt).option
    page = client.get(door(run), {"package": code, "option": str(option)})
    assert "This change breaks limits" in page.text and "Make the change" not in page.text
    assert "short of" in page.text
    room = client.get(f"{door(run)}?{page.context['room']['query']}").text
    assert "This change breaks limits" not in room and "Make the change" in room


def test_wrong_codes_and_options_are_said_and_a_package_can_be_dropped(land):
    run = tight(land)
    client, code = signed_in(Person.objects.get(code=land.office.code)), chosen(run)[0]
    told = client.get(door(run), {"add": "PK-NONE"}).text
    assert "The plan knows no such package" in told
    assert "Show the price" in client.get(door(run), {"package": code, "option": "x"}).text
    dropped = client.get(door(run), {"package": code, "option": "0", "drop": code}).text
    assert "Nothing is picked yet" in dropped


def test_a_package_that_a_live_project_holds_is_not_changed(land):
    run = tight(land)
    code = chosen(run)[0]
    section = Section.objects.get(code=sections_of_packages(run, [code])[code][0])
    owner = land.water if section.network == land.water.network else land.heat
    draft = Draft(owner.utility, [section], AT.year)
    project = draft_project(draft, by=owner.engineer, at=AT)
    assert held_packages(run, [code]) == {}  # a draft holds nothing yet
    Project.objects.filter(pk=project.pk).update(state="submitted")
    assert held_packages(run, [code]) == {code: project.code}
    with pytest.raises(Refused) as caught:
        swap_packages(run, {code: 0}, reason=WHY, seen=None, by=land.office, at=AT)
    assert project.code in str(caught.value.reasons[0].text)
    client = signed_in(Person.objects.get(code=land.office.code))
    page = client.get(door(run), {"package": code, "option": "0"}).text
    assert f"held by project {project.code}" in page and "Make the change" not in page


def test_nobody_else_opens_the_page_or_sends_it(land):
    run = tight(land)
    people = (make_person(), make_person("utility_head", land.water.utility))
    code, height = chosen(run)[0], Entry.objects.count()
    for client in map(signed_in, people):
        assert client.get(door(run)).status_code == 403
        sent = {"package": code, "option": "0", "reason": WHY, "seen": "1"}
        assert client.post(door(run), sent).status_code == 403
    assert Client().get(door(run)).status_code == 302
    assert CountryRun.objects.count() == 1 and Entry.objects.count() == height
