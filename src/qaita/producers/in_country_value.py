"""In-country value: of a product, of goods, of works with nested subcontracts, of a customer.

Order 327 annex 3 (product) and Order 260 of 20.04.2018 in the edition of 18.09.2025 (contracts):

    product    share = 1 - foreign inputs / cost of the finished good (without VAT and profit)
    goods      VC = sum(CT_i * M_i) / S
    works      VC = (sum_j (CD_j - CT_j - SCD_j) * R_j + sum_i CT_i * M_i) / S
    customer   VC = sum(CD_i * VC_i) / S

CT_i cost of a good, M_i its share from the register extract (0 without an extract), CD_j a
contract, CT_j the goods bought for it, SCD_j its subcontracts, R_j the share of payroll that
goes to Kazakh staff. Every tenge of the tree is explained by one line, so the lines sum to S.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from qaita.kernel.errors import Wrong

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Good:
    """A good bought: its cost and the share its register extract gives; None: no extract."""

    name: str
    cost_kzt: Decimal
    share: Decimal | None


@dataclass(frozen=True)
class WorkContract:
    """A contract for works or services with the goods and subcontracts under it."""

    name: str
    sum_kzt: Decimal
    staff_kz_share: Decimal
    goods: tuple[Good, ...] = ()
    subcontracts: tuple["WorkContract", ...] = ()


@dataclass(frozen=True)
class Line:
    """One explained part of a contract: of what it is, how much counts, and why."""

    name: str
    depth: int
    kind: str  # "goods" | "own_work"
    cost_kzt: Decimal
    share: Decimal
    has_extract: bool
    value_kzt: Decimal


@dataclass(frozen=True)
class InCountryValue:
    """The result with every tenge explained."""

    sum_kzt: Decimal
    value_kzt: Decimal
    lines: tuple[Line, ...]

    @property
    def percent(self) -> Decimal:
        """The value in percent to two decimals, as the forms of order 687 write it."""
        return _percent(self.value_kzt, self.sum_kzt)


def product_share(*, foreign_inputs_kzt: Decimal, cost_kzt: Decimal) -> Decimal:
    """Return the share of a product by annex 3; cost is without VAT and profit."""
    if cost_kzt <= 0 or not 0 <= foreign_inputs_kzt <= cost_kzt:
        raise Wrong({"foreign_inputs_kzt": ["0 ≤ foreign inputs ≤ cost, cost > 0"]})
    return 1 - foreign_inputs_kzt / cost_kzt


def value_of_goods(goods: Sequence[Good]) -> InCountryValue:
    """Return the value of a contract for goods."""
    lines = tuple(_good_line(good, 0) for good in goods)
    return _total(lines)


def value_of_works(contract: WorkContract) -> InCountryValue:
    """Return the value of a contract for works, subcontracts and their goods included."""
    return _total(tuple(_lines_of(contract, 0)))


def value_of_customer(contracts: Sequence[InCountryValue]) -> InCountryValue:
    """Return the value over all contracts of a customer: each weighs by its sum."""
    return _total(tuple(line for contract in contracts for line in contract.lines))


def _lines_of(contract: WorkContract, depth: int) -> Iterator[Line]:
    goods = sum((good.cost_kzt for good in contract.goods), ZERO)
    below = sum((sub.sum_kzt for sub in contract.subcontracts), ZERO)
    own = contract.sum_kzt - goods - below
    if own < 0:
        raise Wrong({contract.name: ["goods and subcontracts exceed the contract"]})
    if not 0 <= contract.staff_kz_share <= 1:
        raise Wrong({contract.name: ["payroll share lies between 0 and 1"]})
    share = contract.staff_kz_share
    yield Line(
        contract.name, depth, "own_work", own, share, has_extract=True, value_kzt=own * share
    )
    for good in contract.goods:
        yield _good_line(good, depth + 1)
    for sub in contract.subcontracts:
        yield from _lines_of(sub, depth + 1)


def _good_line(good: Good, depth: int) -> Line:
    share = ZERO if good.share is None else good.share
    if not 0 <= share <= 1 or good.cost_kzt < 0:
        raise Wrong({good.name: ["share lies between 0 and 1, cost is not below zero"]})
    return Line(
        good.name,
        depth,
        "goods",
        good.cost_kzt,
        share,
        has_extract=good.share is not None,
        value_kzt=good.cost_kzt * share,
    )


def _total(lines: tuple[Line, ...]) -> InCountryValue:
    return InCountryValue(
        sum_kzt=sum((line.cost_kzt for line in lines), ZERO),
        value_kzt=sum((line.value_kzt for line in lines), ZERO),
        lines=lines,
    )


def _percent(value: Decimal, total: Decimal) -> Decimal:
    if total == 0:
        return ZERO.quantize(Decimal("0.01"))
    return (value * HUNDRED / total).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
