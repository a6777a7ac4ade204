"""The catalogue is found by stems, with mistyped letters, and without Kazakh letters."""

from pathlib import Path

import pytest

from qaita.producers import services
from qaita.producers.queries import facet_counts, search_products
from qaita.producers.search import ranked_codes

from .make import AT, NAMES, OFFICE, make_producer
from .make import make_product_entry as entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue():
    return make_producer(1, *(entry(i) for i in range(len(NAMES))))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("труба стальная", "Steel pipe"),
        ("трубы стальные", "Steel pipe"),  # Russian stems
        ("трубами стальными", "Steel pipe"),
        ("тарнсформатор", "Power transformer"),  # letters swapped
        ("трансфарматоры", "Power transformer"),  # a mistake and an ending
        ("болат құбырлары", "Steel pipe"),  # Kazakh endings
        ("болат кубыр", "Steel pipe"),  # no Kazakh letters on the keyboard
        ("сорғыларының", "Network pump"),
        ("сорги", "Network pump"),
        ("polyethilene pipes", "Polyethylene pipe"),  # English, mistyped
        ("полиэтил", "Polyethylene pipe"),  # only the beginning
        ("242010.335", "Steel pipe"),  # by code
    ],
)
def test_words_find_the_product_first(catalogue, words: str, found: str) -> None:
    rows = search_products(words).rows
    assert rows[0].name_en == found


def test_what_nobody_makes_is_not_found(catalogue) -> None:
    assert list(search_products("космический корабль").rows) == []


@pytest.mark.parametrize(
    "words", ["", "   ", "((( AND", "a" * 5_000, "\0", "'; drop table", "ə" * 99]
)
def test_any_text_is_answered(catalogue, words: str) -> None:
    list(search_products(words).rows)


def test_a_new_product_is_found_at_once(catalogue) -> None:
    assert ranked_codes("гидрант") == []
    new = entry(0, name_kk="Өрт гидранты", name_ru="Гидрант пожарный", name_en="Fire hydrant")
    services.add_product(catalogue, new, by=OFFICE, at=AT)
    assert len(ranked_codes("гидранты")) == 1


def test_without_an_index_the_table_answers(catalogue, settings, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    settings.SEARCH_DIR = blocked
    found = search_products("стальная")
    assert not found.by_index
    assert [row.name_en for row in found.rows] == ["Steel pipe"]


def test_facets_count_what_was_found(catalogue) -> None:
    counts = facet_counts(search_products("").rows)
    assert counts == {"region": {"35": 5}, "service": {"heat": 5}}
