import pytest

from qaita.law.reading import read_topic, topics
from qaita.web.portal.law_words import TOPICS

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
