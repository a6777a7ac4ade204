"""Before and after, with the honest sentence."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from qaita.effects.queries import effect_of, effects_by_project, effects_by_service
from qaita.networks.models import Section
from qaita.networks.services import record_failure
from tests.networks.make import make_engineer
from tests.works.make import STARTED, make_accepted, make_ground

pytestmark = pytest.mark.django_db


def fail(ground, section, at):
    engineer = make_engineer(ground.network.utility_service)
    record_failure(section, cause="corrosion", consumers_off=5, source="crew", by=engineer, at=at)


def worn(ground, count=12):
    """Let the old sections fail once every two months over two years before the works."""
    sections = list(ground.project.sections.order_by("pk"))
    for number in range(count):
        at = STARTED - timedelta(days=720 - 60 * number)
        fail(ground, sections[number % len(sections)], at)


def test_before_the_acceptance_there_is_nothing_to_tell():
    ground = make_ground()
    assert effect_of(ground.project, date(2026, 5, 1)).verdict == "none"


def test_soon_after_the_acceptance_it_is_too_early():
    ground = make_ground()
    worn(ground)
    make_accepted(ground)
    effect = effect_of(ground.project, date(2026, 6, 10))
    assert effect.verdict == "early"
    assert not effect.enough
    with translation.override("en"):
        assert "Too early" in str(effect.sentence)
    assert effect.before
    assert effect.before.count == 12


def test_without_a_record_of_failures_nothing_can_be_compared():
    ground = make_ground()
    make_accepted(ground)
    assert effect_of(ground.project, date(2027, 6, 10)).verdict == "unknown"


def test_a_year_without_failures_where_there_were_many_is_told():
    ground = make_ground()
    worn(ground)
    make_accepted(ground)
    effect = effect_of(ground.project, date(2027, 6, 10))
    assert effect.verdict == "fewer"
    assert effect.after
    assert effect.after.count == 0
    assert effect.ratio
    assert effect.ratio.high < 1


def test_failures_of_the_new_section_count_after():
    ground = make_ground()
    worn(ground)
    make_accepted(ground)
    new = Section.objects.get(born_of=ground.project.code)
    for month in range(1, 11):
        fail(ground, new, datetime(2027, month, 3, tzinfo=UTC))
    effect = effect_of(ground.project, date(2027, 11, 1))
    assert effect.after
    assert effect.after.count == 10
    assert effect.verdict == "alike"


def test_failures_during_the_works_count_on_neither_side():
    ground = make_ground()
    worn(ground)
    old = ground.project.sections.first()
    fail(ground, old, STARTED + timedelta(days=3))
    make_accepted(ground)
    effect = effect_of(ground.project, date(2027, 6, 10))
    assert effect.before
    assert effect.before.count == 12


def test_services_are_told_apart_and_projects_listed():
    ground = make_ground()
    worn(ground)
    make_accepted(ground)
    on = date(2027, 6, 10)
    (service,) = effects_by_service(on)
    assert (service.service, service.projects) == ("water", 1)
    assert effects_by_project(on)[0].project == ground.project
    assert effects_by_service(date(2026, 5, 1)) == []
