"""One demonstration country that the tests of a module look at."""

from collections.abc import Iterator

import pytest

from tests.country import demonstration_country


@pytest.fixture(scope="module")
def country(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[None]:
    """Make a demonstration country; nothing of it is left after the module."""
    with demonstration_country(django_db_blocker, tmp_path_factory.mktemp("country")):
        yield
