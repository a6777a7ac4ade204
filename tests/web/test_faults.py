"""A fault of ours leaves its way in the log of the server, and nobody's words."""

import logging

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from qaita.web.middleware import kind_errors

WORDS = "Aigerim, +7 701 555 44 33"


def fall(request, exception):
    def view():
        raise exception

    with pytest.raises(type(exception)) as told:
        view()
    middleware = kind_errors(lambda _request: HttpResponse())
    assert middleware.process_exception(request, told.value) is None


def test_a_fault_is_logged_by_its_way_without_its_words(caplog):
    with caplog.at_level(logging.ERROR):
        fall(RequestFactory().get("/kk/desk/"), ValueError(WORDS))
    assert "fault at /kk/desk/: " in caplog.text
    assert "ValueError" in caplog.text
    assert "test_faults.py" in caplog.text
    assert "Aigerim" not in caplog.text
    assert "701" not in caplog.text


def test_a_page_that_is_not_there_is_no_fault(caplog):
    fall(RequestFactory().get("/kk/nothing/"), Http404())
    assert not caplog.text
