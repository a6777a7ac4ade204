"""Forms of the desk: what was typed comes back, beside what a room said about it."""

import copy
import importlib
import inspect
import pkgutil
from datetime import UTC, date, datetime

import pytest
from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

import qaita.web
from qaita.accounts.models import Organisation, Person
from qaita.funding.models import Instrument
from qaita.kernel.actor import PUBLIC
from qaita.kernel.clock import KAZAKHSTAN
from qaita.kernel.states import Ask
from qaita.programme.states import PROJECT
from qaita.web.desk.forms import (
    DeskForm,
    LocalTime,
    day_field,
    fitted,
    plain_figure,
    tell_again,
)
from qaita.web.networks.forms import InspectionForm
from tests.accounts.make import make_organisation, make_person
from tests.programme.make import make_cast, make_project, walk

BACKEND = "django.contrib.auth.backends.ModelBackend"
LANGUAGES = ("kk", "ru", "en")


def forms_of_pages():
    found = []
    for one in pkgutil.walk_packages(qaita.web.__path__, "qaita.web."):
        if one.name.endswith(".forms"):
            module = importlib.import_module(one.name)
            found += [
                thing
                for _name, thing in inspect.getmembers(module, inspect.isclass)
                if issubclass(thing, forms.Form) and thing.__module__ == one.name
            ]
    return found


def days_of_pages():
    for form in forms_of_pages():
        for name, field in form.base_fields.items():
            if isinstance(field, forms.DateField | forms.DateTimeField):
                yield pytest.param(field, id=f"{form.__module__}.{form.__name__}.{name}")


@pytest.mark.parametrize("form", [one for one in forms_of_pages() if "SignIn" not in str(one)])
def test_every_form_can_be_drawn_again(form):
    assert issubclass(form, DeskForm)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("field", days_of_pages())
def test_a_day_keeps_its_value_in_every_language(field, language):
    instant = isinstance(field, forms.DateTimeField)
    value = datetime(2026, 11, 5, 9, 30, tzinfo=UTC) if instant else date(2026, 11, 5)
    kinds = {"date": "2026-11-05", "month": "2026-11", "datetime-local": "2026-11-05T14:30"}
    with override(language):
        drawn = field.widget.format_value(field.prepare_value(value))
    assert drawn == kinds[field.widget.input_type]


def test_an_hour_is_kazakhstans():
    read = LocalTime().clean("2026-11-05T14:30")
    assert read == datetime(2026, 11, 5, 14, 30, tzinfo=KAZAKHSTAN)
    with pytest.raises(forms.ValidationError, match="14:00"):
        LocalTime().clean("tomorrow")


def test_a_day_is_read_as_people_write_it():
    assert day_field("Day").clean("05.11.2026") == date(2026, 11, 5)


@pytest.mark.parametrize(
    ("language", "typed", "read"),
    [
        ("kk", "1\N{NO-BREAK SPACE}250\N{NO-BREAK SPACE}000,50", "1250000.50"),
        ("ru", "12,125", "12.125"),
        ("ru", "12.5", "12.5"),
        ("en", "1,250,000.50", "1250000.50"),
        ("en", "12,5", "12.5"),
        ("en", "\N{MINUS SIGN}3", "-3"),
        ("ru", "1,2,3", "1,2,3"),
        ("kk", "отыз", "отыз"),
    ],
)
def test_a_figure_is_read_as_people_write_it_in_the_language_of_the_page(language, typed, read):
    with override(language):
        assert plain_figure(typed) == read


def fields_of_pages():
    for form in forms_of_pages():
        for name, field in form.base_fields.items():
            yield pytest.param(copy.deepcopy(field), id=f"{form.__name__}.{name}")


@pytest.mark.parametrize("field", fields_of_pages())
def test_no_field_is_read_by_the_browser_in_its_own_way(field):
    """A number field throws away what it cannot read: it could not be shown again."""
    attrs = fitted(field).widget.attrs
    assert getattr(field.widget, "input_type", "") not in ("number", "url", "tel")
    assert not {"min", "max", "pattern"} & set(attrs)
    if isinstance(field, forms.FloatField | forms.DecimalField) and (field.min_value or 0) >= 0:
        assert attrs["inputmode"] in ("decimal", "text")


class Measured(DeskForm):
    length_m = forms.FloatField(label="Length")


@pytest.mark.parametrize(
    ("language", "says"),
    [("kk", "Сан енгізіңіз."), ("ru", "Введите число."), ("en", "Enter a number.")],
)
def test_a_figure_that_is_none_comes_back_with_a_sentence_above_and_beside_it(language, says):
    with override(language):
        form = Measured(QueryDict("length_m=forty"))
        page = render_to_string("_fields.html", {"form": form})
    assert 'value="forty"' in page and page.count(says) == 2
    assert f'<a href="#id_length_m">Length</a>: {says}' in page


def registering(client, language="en"):
    person = make_person("programme_office", make_organisation("programme_office"))
    client.force_login(person, backend=BACKEND)
    with override(language):
        return reverse("accounts:register")


WORDS = {"kind": "utility", "name_kk": "Су", "name_ru": "Вода", "name_en": "Water"}


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_value_draws_the_form_again_with_everything_typed(client, language):
    answer = client.post(registering(client, language), {**WORDS, "bin": "031140001298"})
    page = answer.content.decode()
    assert answer.status_code == 422 and not Organisation.objects.filter(name_en="Water").exists()
    for typed in ("Су", "Вода", "Water", "031140001298", '<option value="utility" selected>'):
        assert typed in page
    field = page[page.index('id="id_bin"') - 200 : page.index('id="id_bin"') + 300]
    assert 'aria-invalid="true"' in field and 'id="id_bin_error"' in page


@pytest.mark.django_db
def test_the_faults_of_a_room_stand_beside_the_field_that_stands_for_its_word():
    data = QueryDict("on=2026-11-05&condition_percent=40", mutable=True)
    assert not tell_again(data, {"condition": ["Too much."]})  # no form has read it
    assert InspectionForm(data).is_valid()
    assert tell_again(data, {"condition": ["Too much."], "section": ["Not this one."]})
    again = InspectionForm(data)
    assert again.errors == {"condition_percent": ["Too much."], "__all__": ["Not this one."]}
    assert not tell_again(data, {"condition": ["Too much."]})  # once only


@pytest.mark.django_db
def test_a_refusal_keeps_what_was_typed_and_says_conflict(client):
    """A promise over the estimate: the amount stays in its field, nothing is promised."""
    cast = make_cast()
    project = walk(make_project(cast), cast, "submit")
    person = Person.objects.get(code=cast.lender.code)
    client.force_login(person, backend=BACKEND)
    words = {"kind": "budget", "amount_kzt": project.cost_kzt * 2, "rate_percent": 0}
    more = {"subsidy_points": 0, "term_years": 1, "lender": "Treasury"}
    answer = client.post(f"/en/desk/funding/projects/{project.code}/", {**words, **more})
    assert answer.status_code == 409 and not Instrument.objects.exists()
    assert 'value="Treasury"' in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "word"), [("ru", "Руководитель"), ("en", "Head of the")])
def test_a_refusal_names_roles_as_people_do(language, word):
    project = make_project(make_cast())
    with override(language):
        reasons = PROJECT.why_not("submit", Ask(project, PUBLIC, datetime.now(UTC)))
        assert word in str(reasons[0].text) and "_" not in str(reasons[0].text)


@pytest.mark.django_db
def test_the_address_of_a_step_leads_to_its_page(client):
    cast = make_cast()
    project = make_project(cast)
    client.force_login(Person.objects.get(code=cast.scene.head.code), backend=BACKEND)
    answer = client.get(f"/ru/desk/programme/projects/{project.code}/decide/")
    assert answer["Location"] == f"/ru/desk/programme/projects/{project.code}/"
    assert client.get("/ru/desk/turmys/readings/take/").status_code == 302
