import pytest

from qaita.accounts.models import Membership, Organisation, Person
from qaita.accounts.queries import actor_of, demo_sign_ins
from qaita.accounts.services import (
    NewOrganisation,
    NewPerson,
    choose_language,
    grant_role,
    invite_person,
    make_demo_people,
    register_organisation,
    register_organisations,
    revoke_role,
)
from qaita.kernel.actor import NOBODY, PUBLIC, SYSTEM, Scope
from qaita.kernel.errors import Refused, Stale, Wrong
from qaita.ledger.models import Entry
from qaita.ledger.queries import timeline
from tests.accounts.make import AT, make_actor, make_organisation, make_person
from tests.territory.make import make_region
from tests.together import at_once

pytestmark = pytest.mark.django_db
GOOD = NewOrganisation("031140001297", "utility", "а", "б", "c")


def test_an_organisation_is_registered_and_written_down():
    row = register_organisation(GOOD, by=SYSTEM, at=AT)
    assert row.code.startswith("OR-")
    assert timeline(row.code)[0].facts == {
        "bin": "031140001297",
        "demonstration": False,
        "kind": "utility",
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"bin": "031140001298"}, "bin"),
        ({"kind": "club"}, "kind"),
        ({"name_kk": " "}, "name_kk"),
    ],
)
def test_a_wrong_organisation_is_refused_by_field(change, field):
    with pytest.raises(Wrong) as wrong:
        register_organisation(NewOrganisation(**{**GOOD.__dict__, **change}), by=SYSTEM, at=AT)
    assert list(wrong.value.fields) == [field]


def test_a_bin_is_registered_once_even_in_one_list():
    with pytest.raises(Wrong):
        register_organisations([GOOD, GOOD], by=SYSTEM, at=AT)
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("role", ["utility_head", "auditor", "regulator"])
def test_only_keepers_register_organisations(role):
    kinds = {"utility_head": "utility", "auditor": "audit", "regulator": "regulator"}
    actor = make_actor(role, make_organisation(kinds[role]))
    for by in (actor, NOBODY, PUBLIC):
        with pytest.raises(Refused):
            register_organisation(GOOD, by=by, at=AT)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_take_each_others_role_at_once_leave_one():
    people = [make_person("sysadmin", username=f"admin.{name}") for name in ("one", "two")]
    rows = [Membership.objects.get(person=person) for person in people]
    first, second = (actor_of(person) for person in people)
    met = at_once(
        lambda: revoke_role(rows[1], by=first, at=AT),
        lambda: revoke_role(rows[0], by=second, at=AT),
    )
    assert [type(refusal) for refusal in met if refusal] == [Refused]
    assert Membership.objects.filter(role="sysadmin").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_role_without_a_place_given_twice_at_once_is_held_once():
    person = make_person()
    give = lambda: grant_role(person, "sysadmin", by=SYSTEM, at=AT)  # noqa: E731 -- both do the same
    assert at_once(give, give) == [None, None]
    assert Membership.objects.filter(person=person).count() == 1


def test_a_role_taken_twice_is_taken_once():
    person = make_person("sysadmin")
    make_person("sysadmin")
    row = Membership.objects.get(person=person)
    stale = Membership.objects.get(person=person)
    revoke_role(row, by=SYSTEM, at=AT)
    with pytest.raises(Stale):
        revoke_role(stale, by=SYSTEM, at=AT)
    assert [m.kind for m in timeline(person.code)].count("person.revoke") == 1


def test_an_invited_person_has_no_password_and_no_name_in_the_ledger():
    person = invite_person(NewPerson("Aigerim.S", "Aigerim"), by=make_actor("sysadmin"), at=AT)
    assert not person.has_usable_password()
    assert actor_of(person).grants == frozenset()
    assert "igerim" not in Entry.objects.get(code=person.code).leaf


@pytest.mark.parametrize("name", ["", "ab", "with space", "a/b", "x" * 61])
def test_a_bad_sign_in_name_is_refused(name):
    with pytest.raises(Wrong):
        invite_person(NewPerson(name), by=SYSTEM, at=AT)


def test_a_sign_in_name_is_given_once():
    make_person(username="same")
    with pytest.raises(Wrong):
        invite_person(NewPerson("same"), by=SYSTEM, at=AT)


def test_a_role_reaches_its_organisation_and_region_only():
    organisation, person = make_organisation("akimat"), make_person()
    grant_role(
        person, "akimat", organisation=organisation, region=make_region("55"), by=SYSTEM, at=AT
    )
    actor = actor_of(person)
    assert actor.may("akimat", Scope(organisation.code, "55"))
    assert not actor.may("akimat", Scope(organisation.code, "35"))
    assert not actor.may("akimat", Scope("OR-OTHER", "55"))
    assert not actor.may("regulator", Scope(organisation.code, "55"))


def test_a_role_given_twice_is_held_once():
    organisation, person = make_organisation(), make_person()
    for _turn in range(2):
        grant_role(person, "utility_engineer", organisation=organisation, by=SYSTEM, at=AT)
    assert Membership.objects.filter(person=person).count() == 1
    assert [m.action for m in timeline(person.code)] == ["invite", "grant"]


@pytest.mark.parametrize("role", ["clock", "system", "citizen", "king"])
def test_born_and_unknown_roles_are_not_given(role):
    with pytest.raises(Wrong):
        grant_role(make_person(), role, by=SYSTEM, at=AT)


def test_a_role_is_held_in_its_kind_of_organisation():
    with pytest.raises(Wrong):
        grant_role(
            make_person(), "regulator", organisation=make_organisation("utility"), by=SYSTEM, at=AT
        )
    with pytest.raises(Wrong):
        grant_role(make_person(), "utility_head", by=SYSTEM, at=AT)


def test_a_head_gives_engineers_in_the_own_organisation_only():
    own, other = make_organisation(name="Own"), make_organisation(name="Other")
    head, person = make_actor("utility_head", own), make_person()
    grant_role(person, "utility_engineer", organisation=own, by=head, at=AT)
    for role, place in (("utility_engineer", other), ("utility_head", own)):
        with pytest.raises(Refused):
            grant_role(person, role, organisation=place, by=head, at=AT)


def test_nobody_and_engineers_give_no_roles():
    place = make_organisation()
    for by in (NOBODY, PUBLIC, make_actor("utility_engineer", place)):
        with pytest.raises(Refused):
            grant_role(make_person(), "utility_engineer", organisation=place, by=by, at=AT)


def test_a_role_taken_away_no_longer_reaches():
    person = make_person("utility_engineer", make_organisation())
    revoke_role(person.memberships.get(), by=SYSTEM, at=AT)
    assert not actor_of(person).roles
    assert timeline(person.code)[-1].kind == "person.revoke"


def test_the_last_administrator_stays():
    person = make_person("sysadmin")
    with pytest.raises(Refused, match="last_keeper"):
        revoke_role(person.memberships.get(), by=actor_of(person), at=AT)
    make_person("sysadmin")
    revoke_role(person.memberships.get(), by=actor_of(person), at=AT)


def test_somebody_switched_off_acts_no_more():
    person = make_person("sysadmin")
    person.is_active = False
    assert actor_of(person) == NOBODY


def test_a_language_is_chosen_from_three():
    person = make_person()
    choose_language(person, "ru")
    assert Person.objects.get(pk=person.pk).language == "ru"
    with pytest.raises(Wrong):
        choose_language(person, "fr")


def test_the_demonstration_has_a_sign_in_for_every_role():
    make_region("55")
    assert demo_sign_ins() == []
    demo = make_demo_people(since=AT, by=SYSTEM, at=AT)
    assert len(demo.people) == 19
    assert len(demo_sign_ins()) == 19
    assert sum(role == "committee_member" for _name, role in demo_sign_ins()) == 5
    for one in demo.people:
        assert one.person.check_password(demo.password)
        assert actor_of(one.person).has(one.role)
        assert one.organisation.is_demonstration
    assert demo.of("akimat").person.memberships.get().region.kato == "55"


def test_the_demonstration_serves_a_given_utility():
    utility = make_organisation(region=make_region("35"))
    demo = make_demo_people(since=AT, utility=utility, by=SYSTEM, at=AT)
    assert demo.of("utility_head").organisation == utility
    assert demo.of("akimat").organisation.region.kato == "35"
