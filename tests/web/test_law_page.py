import pytest

from qaita.law.reading import applied_by, read_topic, topics
from qaita.web.portal.law_words import ROOMS, TOPICS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_rule_is_on_the_page_with_its_source(client, language):
    answer = client.get(f"/{language}/law/")
    page = answer.content.decode().replace("&#x27;", "'")
    for topic in topics():
        for parameter in read_topic(topic).values():
            assert getattr(parameter, f"means_{language}").replace("<", "&lt;") in page
            for value in parameter.values:
                name = getattr(value.source, f"name_{language}")
                # practice stands beside the mark "assumed": its own word of doubt is left out
                bare = value.assumed and not value.source.address
                assert (name.partition(";")[0] if bare else name) in page
    assert not answer.cookies
    assert "csrfmiddlewaretoken" not in page


def test_every_topic_has_a_name():
    assert set(topics()) <= set(TOPICS)


def test_the_page_narrows_by_topic_words_and_mark(client):
    tax = client.get("/en/law/?topic=tax").content.decode()
    assert "Value-added tax" in tax
    assert "Test pressure" not in tax
    found = client.get("/en/law/?q=complain").content.decode()
    assert "Time to complain about the result" in found
    assert "Value-added tax" not in found
    assumed = client.get("/en/law/?assumed=1&topic=appeals").content.decode()
    assert "Time to answer an appeal" not in assumed
    assert "assumed" in assumed


def test_what_fits_nothing_says_so(client):
    assert "No rule fits" in client.get("/en/law/?q=zzz").content.decode()
    assert client.get("/en/law/?topic=nonsense").status_code == 200


def test_each_rule_says_who_applies_it(client):
    page = client.get("/en/law/?topic=tendering").content.decode()
    rules = {one.partition('"')[0]: one for one in page.split('id="p-tendering-')[1:]}
    assert "Applied by: Tenders and contracts" in rules["bid_days_min"]
    assert "not yet applied" in rules["bid_valid_days"]
    assert "Applied by" not in rules["bid_valid_days"]


def test_rules_that_nothing_applies_can_be_listed(client):
    page = client.get("/en/law/?idle=1").content.decode()
    idle = [
        parameter.name
        for topic in topics()
        for parameter in read_topic(topic).values()
        if not applied_by(parameter)
    ]
    assert page.count('class="q-rule"') == len(idle) > 0
    assert "Applied by:" not in page


def test_topics_are_folded_until_something_is_asked(client):
    folded = client.get("/en/law/").content.decode()
    assert folded.count('<details class="card q-law-topic">') == len(topics()) + 1
    assert all(f'id="t-{name}"' in folded and f'href="#t-{name}"' in folded for name in topics())
    assert (
        '<details class="card q-law-topic" open>' in client.get("/en/law/?q=tax").content.decode()
    )


def test_every_room_that_applies_a_rule_has_a_name():
    rules = [one for topic in topics() for one in read_topic(topic).values()]
    assert {room for one in rules for room in applied_by(one)} <= set(ROOMS)
