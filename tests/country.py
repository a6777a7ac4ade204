"""One demonstration country that several tests look at; none of them changes it.

QAITA_TEST_COUNTRY=small makes the whole demonstration (a minute) instead of the smallest one.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from qaita.console.demonstration.country import SEED, make_country
from qaita.kernel.clock import now


@contextmanager
def demonstration_country(blocker: Any, folder: Path) -> Iterator[Path]:
    """Make a demonstration country, tell where its plans lie; nothing of it is left after."""
    from django.conf import settings

    block = transaction.atomic()
    block._from_testcase = True  # as Django's own tests do: a lasting block may stand inside
    with pytest.MonkeyPatch.context() as patch, blocker.unblock(), block:
        for name in ("LEDGER_DIR", "LAKE_DIR", "PLANS_DIR", "SEARCH_DIR", "MEDIA_ROOT"):
            patch.setattr(settings, name, folder / name.lower())
        size = os.environ.get("QAITA_TEST_COUNTRY", "tiny")
        make_country(lambda _what: None, size=size, seed=SEED, at=now())
        yield settings.PLANS_DIR
        transaction.set_rollback(True)
