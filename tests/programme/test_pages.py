"""The desk from needs to a confirmed project, by hand; what the public sees of it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from qaita.accounts.models import Person
from qaita.ledger.queries import seen_of
from qaita.planning.models import Run, Scenario
from qaita.planning.services import adopt_run
from qaita.programme.models import Clock, Project
from qaita.programme.services import Draft, draft_projects
from tests.planning.make import AT, make_limits, make_packages, make_plan, make_scene
from tests.programme.make import fund, make_cast, make_project, walk

pytestmark = pytest.mark.django_db
ROLES = {
    "check_technically": "technical_operator",
    "check_financially": "financial_operator",
    "agree_tariff": "regulator",
    "confirm": "akimat",
}


def signed_in(role: str) -> Client:
    client = Client()
    person = Person.objects.filter(memberships__role=role).first()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def decide(role: str, project: Project, action: str, **more: object):
    sent = {"action": action, "seen": seen_of(project.code), "remarks": "", **more}
    return signed_in(role).post(f"/en/desk/programme/projects/{project.code}/decide/", sent)


def test_from_needs_to_a_confirmed_project_by_hand():
    scene = make_scene()
    make_cast(scene)
    engineer, head = signed_in("utility_engineer"), signed_in("utility_head")
    own = scene.network.utility_service
    assert engineer.post(f"/en/desk/planning/services/{own.code}/form/").status_code == 302
    year = timezone.now().year
    sent = {"own": own.code, "title": "By hand", "red_percent": 0, "carries_over": "on"}
    sent |= {f"budget_{y}": 40 for y in range(year, year + 5)}
    assert engineer.post("/en/desk/planning/new/", {"own": own.code}).status_code == 422
    assert engineer.post("/en/desk/planning/new/", sent).status_code == 302
    scenario = Scenario.objects.get()
    engineer.post(f"/en/desk/planning/scenarios/{scenario.code}/run/")
    run = Run.objects.get()
    assert b"Adopt this plan" in head.get(f"/en/desk/planning/runs/{run.code}/").content
    head.post(f"/en/desk/planning/runs/{run.code}/adopt/")
    packages = [line.package.code for line in run.lines.filter(option="replace")[:2]]
    address = f"/en/desk/programme/new/{run.code}/"
    assert engineer.post(address, {}).status_code == 422
    engineer.post(address, {"package": packages})
    project = Project.objects.get()
    assert {p.code for s in project.sections.all() for p in s.packages.all()} == set(packages)
    assert Client().get(f"/en/projects/{project.code}/").status_code == 404  # a draft is not public
    assert decide("utility_head", project, "submit").status_code == 302
    assert decide("technical_operator", project, "check_technically").status_code == 302
    lender = signed_in("financial_operator")
    terms = {"kind": "loan", "amount_kzt": project.cost_kzt, "rate_percent": 18}
    terms |= {"subsidy_points": 10, "term_years": 15, "lender": "Demo Bank"}
    money = f"/en/desk/funding/projects/{project.code}/"
    over = lender.post(money, {**terms, "amount_kzt": project.cost_kzt + 1})
    assert over.status_code == 409 and b"more than the estimate" in over.content
    assert lender.post(money, terms).status_code == 302
    assert lender.post(f"{money}tariff/").status_code == 302
    assert decide("financial_operator", project, "check_financially").status_code == 302
    assert decide("regulator", project, "agree_tariff").status_code == 302
    assert decide("akimat", project, "confirm").status_code == 302
    project.refresh_from_db()
    assert project.state == "confirmed"
    for language, word in (("en", "signed"), ("kk", project.title_kk), ("ru", project.title_ru)):
        page = Client().get(f"/{language}/projects/{project.code}/")
        assert page.status_code == 200 and word in page.content.decode()
        assert not page.cookies


def test_a_refused_step_answers_with_the_reason_and_changes_nothing():
    cast = make_cast()
    project = walk(make_project(cast), cast, "submit")
    page = decide("regulator", project, "check_technically")
    assert page.status_code == 409 and b"another role" in page.content
    stale = decide("technical_operator", project, "return", seen=0, remarks="x")
    assert stale.status_code == 409
    empty = decide("technical_operator", project, "return")
    assert empty.status_code in (409, 422)
    assert decide("technical_operator", project, "nonsense").status_code == 422
    project.refresh_from_db()
    assert project.state == "submitted" and project.approvals.count() == 1


def test_the_term_of_a_late_step_is_shown_and_closes_the_buttons():
    cast = make_cast()
    project = walk(make_project(cast), cast, "submit")
    Clock.objects.update(due_on=timezone.now().date() - timedelta(days=3))
    address = f"/en/desk/programme/projects/{project.code}/"
    page = signed_in("technical_operator").get(address).content.decode()
    assert "disabled" in page and "The term of this step ended" in page
    office = signed_in("programme_office")
    assert "Extend the term" in office.get(address).content.decode()
    assert office.post(f"{address}extend/", {"reason": "Flood"}).status_code == 302
    assert "Flood" in Client().get(f"/en/projects/{project.code}/").content.decode()


def test_a_stranger_sees_no_desk_page():
    project = make_project(make_cast())
    for address in ("programme", "planning", "funding"):
        assert Client().get(f"/en/desk/{address}/").status_code == 302
    page = signed_in("regulator").get(f"/en/desk/programme/projects/{project.code}/")
    assert page.status_code == 404


def test_the_queue_of_each_role_names_what_waits():
    cast = make_cast()
    walk(make_project(cast), cast, "submit")
    assert (
        "Agree the technical solutions"
        in signed_in("technical_operator").get("/en/desk/").content.decode()
    )
    assert (
        "Agree the technical solutions"
        not in signed_in("regulator").get("/en/desk/").content.decode()
    )


def test_lists_filter_sort_and_download_with_few_questions(django_assert_max_num_queries):
    cast = make_cast()
    sections = list(cast.scene.network.sections.order_by("name"))
    drafts = [Draft(cast.scene.utility, [one], 2027) for one in sections]
    for project in draft_projects(drafts, by=cast.scene.engineer, at=AT):
        walk(project, cast, "submit")
    with django_assert_max_num_queries(12):
        page = Client().get("/en/projects/?service=water&sort=-cost")
    assert page.content.decode().count("AP-") >= 12
    rows = Client().get("/ru/projects/?format=csv").getvalue().decode().splitlines()
    assert len(rows) == 13
    assert Client().get("/en/projects/?format=xlsx").status_code == 200
    assert b"Nothing fits" in Client().get("/en/projects/?state=done").content


def test_a_run_is_public_whole_and_byte_for_byte():
    scene = make_scene()
    make_packages(scene)
    _one, run = make_plan(scene, make_limits(12))
    _two, clash = make_plan(scene, make_limits(500, floors_km={2026: 99.0}))
    adopt_run(run, by=scene.head, at=AT)
    page = Client().get(f"/en/plans/{run.code}/").content.decode()
    assert run.result_digest in page and "saves" in page
    assert Client().get(f"/en/plans/{run.code}/inputs.json").content.decode() == run.inputs
    assert Client().get(f"/en/plans/{run.code}/result.json").content.decode() == run.result
    for language in ("kk", "ru", "en"):
        text = Client().get(f"/{language}/plans/{clash.code}/").content.decode()
        assert "99" in text


def test_the_api_tells_the_same():
    cast = make_cast()
    project = walk(make_project(cast), cast, "check_technically")
    fund(project)
    whole = Client().get(f"/api/v1/projects/{project.code}").json()
    assert whole["state"] == "technically_checked"
    assert len(whole["approvals"]) == 2 and len(whole["sections"]) == 4
    assert Client().get("/api/v1/projects?limit=1").json()[0]["code"] == project.code
    assert Client().get("/api/v1/funnel").json()[0]["projects"] == 1
    draft = make_project(cast, slice(5, 6))
    assert Client().get(f"/api/v1/projects/{draft.code}").status_code == 404
    assert Client().get("/api/v1/late").json()[0]["project"] == project.code
