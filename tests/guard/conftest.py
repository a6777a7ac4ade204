"""One demonstration country for all who try its doors."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.country import demonstration_country


@pytest.fixture(scope="module")
def country(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Path]:
    """Make a demonstration country; nothing of it is left after the last test of the file."""
    with demonstration_country(django_db_blocker, tmp_path_factory.mktemp("country")) as plans:
        yield plans


@pytest.fixture(autouse=True)
def plans_of_the_country(request, settings, own_folders) -> None:
    """Let a test on the country see the files of its plans."""
    if "country" in request.fixturenames:
        settings.PLANS_DIR = request.getfixturevalue("country")
