"""What is left when two people look at the same moment: the second is asked to look again."""

import json

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from qaita.accounts.models import Organisation
from qaita.api.problems import ANSWERS
from qaita.kernel.errors import is_taken
from qaita.web.middleware import kind_errors
from tests.accounts.make import make_organisation

pytestmark = pytest.mark.django_db


def broken(**values: object) -> IntegrityError:
    """Return what the database says about a row."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Organisation.objects.create(kind="utility", **values)
    return caught.value


@pytest.fixture
def request_of(rf: RequestFactory) -> HttpRequest:
    request = rf.post("/en/desk/")
    request.session = {}
    return request


def answer(request: HttpRequest, error: Exception) -> HttpResponse | None:
    return kind_errors(lambda _request: HttpResponse()).process_exception(request, error)


def test_the_second_of_two_equal_rows_is_a_page_that_says_look_again(request_of):
    error = broken(bin=make_organisation().bin)
    assert is_taken(error)
    page = answer(request_of, error)
    assert page.status_code == 409
    assert "/problems/" not in page.content.decode()


def test_over_the_api_it_is_a_problem(request_of):
    told = ANSWERS[IntegrityError](request_of, broken(bin=make_organisation().bin))
    assert (told.status_code, json.loads(told.content)["type"]) == (409, "/problems/stale")


def test_a_fault_of_ours_stays_a_fault(request_of):
    error = broken(bin="0", name_kk=None)
    assert not is_taken(error)
    assert answer(request_of, error) is None
    with pytest.raises(IntegrityError):
        ANSWERS[IntegrityError](request_of, error)
