"""The index of the catalogue: tantivy in a folder beside the database, rebuilt when stale."""

import logging
import shutil
import threading
from functools import lru_cache
from pathlib import Path

import tantivy
from django.conf import settings
from django.db.models import Max

from qaita.ledger.models import Entry
from qaita.producers.models import Product
from qaita.producers.words import all_stems, stems, words_of

log = logging.getLogger(__name__)
_building = threading.Lock()
_LONG, _LONGER = 5, 9
MAX_WORDS = 8
KINDS = (
    "product.add",
    "product.update",
    "product.withdraw",
    "producer.apply",
    "producer.enter",
    "producer.decline",
    "producer.suspend",
    "producer.restore",
    "producer.exclude",
    "producer.leave",
)
HITS = 3_000


def search_stamp() -> str:
    """Return what the index must have been built at: the newest entry about the register."""
    top = Entry.objects.filter(kind__in=KINDS).aggregate(top=Max("id"))["top"]
    newest = Entry.objects.filter(pk=top).first()
    # the salted hash differs even when a database is made anew with as many entries
    return bytes(newest.leaf_hash).hex()[:24] if newest else "empty"


def ranked_codes(text: str, *, limit: int = HITS) -> list[str] | None:
    """Return codes of products, best first; None when the index cannot be used now."""
    words = words_of(text)[:MAX_WORDS]
    if not words:
        return []
    try:
        index = _index_at(str(settings.SEARCH_DIR), search_stamp())
        searcher = index.searcher()
        for occur in (tantivy.Occur.Must, tantivy.Occur.Should):
            query = _query(index.schema, words, occur)
            hits = searcher.search(query, limit).hits
            if hits:
                return [str(searcher.doc(address)["code"][0]) for _score, address in hits]
    except (OSError, ValueError) as error:
        log.warning("The catalogue's index cannot be used: %s", error)
        return None
    return []


def _query(schema: tantivy.Schema, words: list[str], occur: tantivy.Occur) -> tantivy.Query:
    return tantivy.Query.boolean_query([(occur, _any_form(schema, word)) for word in words])


def _any_form(schema: tantivy.Schema, word: str) -> tantivy.Query:
    """Return the query for one word: its stems first, then its beginning, then typing errors."""
    forms = [(stem, tantivy.Query.term_query(schema, "words", stem)) for stem in stems(word)]
    found = [tantivy.Query.boost_query(query, 4.0) for _stem, query in forms]
    found.append(tantivy.Query.fuzzy_term_query(schema, "words", word, distance=0, prefix=True))
    if len(word) >= _LONG and not word.isdigit():
        distance = 2 if len(word) >= _LONGER else 1
        found.extend(
            tantivy.Query.fuzzy_term_query(schema, "words", stem, distance=distance)
            for stem in stems(word)
            if len(stem) >= _LONG
        )
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in found])


@lru_cache(maxsize=2)
def _index_at(folder: str, stamp: str) -> tantivy.Index:
    path = Path(folder) / f"catalogue-{stamp}"
    with _building:
        if not (path / "meta.json").exists():
            _build(path)
    return tantivy.Index.open(str(path))


def _build(path: Path) -> None:
    """Write the index beside its place and move it there whole; older ones go."""
    making = path.with_name(f"{path.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    schema = (
        tantivy.SchemaBuilder()
        .add_text_field("code", stored=True, tokenizer_name="raw")
        .add_text_field("words", tokenizer_name="whitespace")
        .build()
    )
    index = tantivy.Index(schema, path=str(making))
    writer = index.writer(heap_size=15_000_000, num_threads=1)
    for product in Product.objects.select_related("producer__organisation").iterator():
        writer.add_document(_document(product))
    writer.commit()
    writer.wait_merging_threads()
    older = [old for old in path.parent.glob("catalogue-*") if old not in (making, path)]
    if not path.exists():
        making.rename(path)
    for old in older:
        shutil.rmtree(old, ignore_errors=True)


def _document(product: Product) -> tantivy.Document:
    organisation = product.producer.organisation
    texts = [
        getattr(thing, f"{field}_{language}")
        for thing, field in ((product, "name"), (product, "description"), (organisation, "name"))
        for language in ("kk", "ru", "en")
    ]
    codes = (product.code, product.ens_tru, product.tn_ved, product.kpved, product.agsk3)
    return tantivy.Document(
        code=product.code, words=" ".join(all_stems(*texts, *codes, product.category))
    )
