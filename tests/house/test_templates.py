"""Every template can be read; a figure without an address of its rows cannot."""

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
