"""Published figures: dated, sourced, conflicting ones side by side."""

import pytest

from qaita.kernel.actor import NOBODY, SYSTEM
from qaita.kernel.errors import Refused
from qaita.programme.models import Target
from qaita.programme.queries import targets
from qaita.programme.services import load_targets
from tests.planning.make import AT, make_region

pytestmark = pytest.mark.django_db


def test_published_figures_load_twice_without_doubling():
    make_region("35")
    with pytest.raises(Refused):
        load_targets(by=NOBODY, at=AT)
    first = load_targets(by=SYSTEM, at=AT)
    assert load_targets(by=SYSTEM, at=AT) == first == Target.objects.count() > 60


def test_conflicting_figures_stand_side_by_side_with_their_sources():
    make_region("35")
    load_targets(by=SYSTEM, at=AT)
    plans = targets("length", service="", year=2026)
    assert {(row.value, row.source_key) for row in plans} == {(9700, "A8"), (14000, "A11")}
    for row in Target.objects.all():
        assert row.source_url.startswith("https://")
        assert bool(row.note_kk) == bool(row.note_ru) == bool(row.note_en)


def test_the_services_add_up_to_the_published_sum():
    make_region("35")
    load_targets(by=SYSTEM, at=AT)
    rows = Target.objects.filter(indicator="length", year=2029, source_key="A3", region=None)
    by_service = {row.service: row.value for row in rows}
    assert sum(v for s, v in by_service.items() if s) == by_service[""]
