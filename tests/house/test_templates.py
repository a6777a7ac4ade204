"""Every template can be read; a figure without an address of its rows cannot."""

import re

import pytest
from django.template import TemplateSyntaxError, engines

from tests.house.reading import PACKAGE

TEMPLATES = sorted((PACKAGE / "web" / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_template_can_be_read(path):
    engines["django"].from_string(path.read_text(encoding="utf-8"))


def test_a_figure_without_its_rows_is_refused():
    with pytest.raises(TemplateSyntaxError, match="url"):
        engines["django"].from_string('{% figure label="Paid" value=7 %}')


FORM = re.compile(r"<form\b(.*?)>(.*?)</form>", re.DOTALL)
FIELDS = re.compile(
    r"_fields?\.html|\{\{ *(?:form|field)\b|<(?:select|textarea)|<input (?![^>]*hidden)"
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_form_is_answered_by_the_page_and_never_by_the_browser_in_its_own_words(path):
    """A browser's bubble speaks the browser's language and hides all faults but the first."""
    for tag, body in FORM.findall(path.read_text(encoding="utf-8")):
        if 'method="post"' in tag and FIELDS.search(body):
            assert "novalidate" in tag
