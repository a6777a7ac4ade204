"""The in-country value of products, goods, works and customers explains every tenge."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qaita.kernel.errors import Wrong
from qaita.producers.in_country_value import (
    Good,
    WorkContract,
    product_share,
    value_of_customer,
    value_of_goods,
    value_of_works,
)

D = Decimal


def test_goods_and_own_work_give_66_percent() -> None:
    contract = WorkContract(
        "main", D(100), D("0.95"), goods=(Good("a", D(40), D("0.70")), Good("b", D(20), D(0)))
    )
    assert value_of_works(contract).percent == D("66.00")


def test_a_nested_subcontract_gives_80_percent() -> None:
    below = WorkContract("sub", D(40), D("0.9"), goods=(Good("b", D(10), D("0.80")),))
    contract = WorkContract("main", D(100), D(1), (Good("a", D(30), D("0.50")),), (below,))
    value = value_of_works(contract)
    assert value.percent == D("80.00")
    assert [line.value_kzt for line in value.lines] == [D(30), D(15), D(27), D(8)]


def test_a_good_without_an_extract_counts_nothing() -> None:
    assert value_of_goods([Good("a", D(100), None)]).percent == D("0.00")


def test_the_customer_weighs_contracts_by_their_sums() -> None:
    goods = value_of_goods([Good("a", D(300), D("0.5"))])
    works = value_of_works(WorkContract("w", D(100), D("0.9")))
    assert value_of_customer([goods, works]).percent == D("60.00")


def test_a_products_share_is_what_is_not_foreign() -> None:
    assert product_share(foreign_inputs_kzt=D(30), cost_kzt=D(120)) == D("0.75")
    with pytest.raises(Wrong):
        product_share(foreign_inputs_kzt=D(130), cost_kzt=D(120))


def test_parts_above_the_whole_are_wrong() -> None:
    with pytest.raises(Wrong):
        value_of_works(WorkContract("main", D(10), D(1), goods=(Good("a", D(11), D(1)),)))
    with pytest.raises(Wrong):
        value_of_works(WorkContract("main", D(10), D("1.1")))


money = st.integers(0, 10**9).map(lambda tiyn: D(tiyn) / 100)
shares = st.integers(0, 10_000).map(lambda parts: D(parts) / 10_000)
goods = st.builds(Good, st.just("good"), money, st.none() | shares)


def works(depth: int) -> st.SearchStrategy[WorkContract]:
    below = st.just(()) if depth == 0 else st.lists(works(depth - 1), max_size=3).map(tuple)

    def whole(own: Decimal, share: Decimal, bought: list[Good], subs: tuple) -> WorkContract:
        total = own + sum(g.cost_kzt for g in bought) + sum(s.sum_kzt for s in subs)
        return WorkContract("work", total, share, tuple(bought), subs)

    return st.builds(whole, money, shares, st.lists(goods, max_size=4), below)


@given(works(3))
def test_the_lines_of_any_tree_sum_to_the_contract(contract: WorkContract) -> None:
    value = value_of_works(contract)
    assert value.sum_kzt == contract.sum_kzt == sum(line.cost_kzt for line in value.lines)
    assert 0 <= value.value_kzt <= value.sum_kzt
    assert 0 <= value.percent <= 100
