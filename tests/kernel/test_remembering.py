"""A question is asked once while the data stays as it is, and anew everywhere else."""

from qaita.kernel.remembering import MOST_ANSWERS, asked_once, one_state

asked: list[object] = []


@asked_once
def double(number: int, *, plus: int = 0) -> int:
    asked.append(number)
    return 2 * number + plus


def test_outside_of_one_state_every_question_is_asked_anew():
    asked.clear()
    assert [double(2), double(2)] == [4, 4] and asked == [2, 2]


def test_within_one_state_the_same_question_is_asked_once():
    asked.clear()
    with one_state():
        assert [double(2), double(2), double(2, plus=1), double(3)] == [4, 4, 5, 6]
    assert asked == [2, 2, 3]
    double(2)
    assert asked == [2, 2, 3, 2], "what was true then is not told later"


def test_the_oldest_answers_are_forgotten():
    asked.clear()
    with one_state():
        for number in range(MOST_ANSWERS + 1):
            double(number)
        double(1)
        assert len(asked) == MOST_ANSWERS + 1
        double(0)
        assert asked[-1] == 0 and len(asked) == MOST_ANSWERS + 2
