"""Every problem the interface answers with has its page."""

import pytest
from django.test import Client

from qaita.web.disclosure.problems import PROBLEMS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_a_problem_is_explained_in_the_readers_language(code):
    page = Client().get(f"/problems/{code}", headers={"accept-language": "ru"})
    assert page.status_code == 200 and "Что делать" in page.content.decode()


def test_an_unknown_problem_is_not_found():
    assert Client().get("/problems/no-such").status_code == 404
