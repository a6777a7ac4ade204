"""The demonstration is for an empty installation only."""

import pytest
from django.core.management import CommandError, call_command

from qaita.console.place import place_of
from qaita.console.preparing import BEGUN, loaded
from qaita.ledger.models import Entry
from tests.networks.make import make_network


@pytest.mark.django_db
def test_data_of_ones_own_is_never_filled_up_with_the_demonstration(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    make_network(2)
    before = Entry.objects.count()
    with pytest.raises(CommandError, match="data here already"):
        call_command("demo", "--size", "tiny")
    call_command("demo", "--if-none", "--size", "tiny")
    assert Entry.objects.count() == before
    place = place_of(str(tmp_path))
    assert loaded(place) == "data of its own"
    assert not (place.stamps / BEGUN).exists(), "only what began in an empty folder is ever dropped"
