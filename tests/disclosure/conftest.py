"""One demonstration country that several tests look at; none of them changes it.

QAITA_TEST_COUNTRY=small makes the whole demonstration (a minute) instead of the smallest one.
"""

import os
from collections.abc import Iterator

import pytest
from django.db import transaction

from qaita.console.demonstration.country import SEED, make_country
from qaita.kernel.clock import now


@pytest.fixture(scope="module")
def country(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[None]:
    """Make a demonstration country; nothing of it is left after the module."""
    from django.conf import settings

    folder = tmp_path_factory.mktemp("country")
    block = transaction.atomic()
    block._from_testcase = True  # as Django's own tests do: a lasting block may stand inside
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), block:
        for name in ("LEDGER_DIR", "LAKE_DIR", "SEARCH_DIR", "MEDIA_ROOT"):
            patch.setattr(settings, name, folder / name.lower())
        size = os.environ.get("QAITA_TEST_COUNTRY", "tiny")
        make_country(lambda _what: None, size=size, seed=SEED, at=now())
        yield
        transaction.set_rollback(True)
