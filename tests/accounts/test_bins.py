import pytest
from hypothesis import given
from hypothesis import strategies as st

from qaita.accounts.bins import is_bin, make_demo_bin


@pytest.mark.parametrize(
    "number", ["031140001297", "070340007367", "980940001419", "970340000010", "050340002362"]
)
def test_public_numbers_pass(number):
    assert is_bin(number)


@pytest.mark.parametrize("text", ["", "12345678901", "03114000129a", "0311400012970", "０" * 12])
def test_other_texts_do_not(text):
    assert not is_bin(text)


# the eleventh digit has the weight 11, which is nothing modulo 11
@given(st.sampled_from([*range(10), 11]), st.integers(1, 9))
def test_one_changed_digit_is_noticed(place, step):
    number = "031140001297"
    changed = (int(number[place]) + step) % 10
    wrong = number[:place] + str(changed) + number[place + 1 :]
    # modulo 11 with weights below 11 notices every single change, but the second pass may not
    assert not is_bin(wrong) or sum_rests_at_ten(wrong)


def sum_rests_at_ten(number):
    return sum(int(d) * w for d, w in zip(number[:11], range(1, 12), strict=True)) % 11 == 10


@given(st.text())
def test_made_up_numbers_are_well_formed_and_nobodys(seed):
    number = make_demo_bin(seed)
    assert is_bin(number)
    assert number[2:4] == "99"  # no such month
    assert number == make_demo_bin(seed)
