import numpy as np
import pytest

from training.figures.ranking import draw_lots, order_by_score, ranks

ENTITIES = [f"uprn-{number}" for number in range(50)]


def test_higher_scores_come_first():
    lots = draw_lots(ENTITIES[:3], seed=1)

    assert order_by_score(np.array([0.1, 0.9, 0.5]), lots).tolist() == [1, 2, 0]


def test_ties_fall_the_same_way_however_the_rows_are_ordered():
    scores = np.zeros(50)
    forward = [ENTITIES[i] for i in order_by_score(scores, draw_lots(ENTITIES, seed=7))]
    backward = ENTITIES[::-1]
    reverse = [backward[i] for i in order_by_score(scores, draw_lots(backward, seed=7))]

    assert forward == reverse


def test_ties_do_not_follow_the_identifiers():
    order = order_by_score(np.zeros(50), draw_lots(ENTITIES, seed=7))

    assert order.tolist() != sorted(order.tolist())


def test_another_seed_draws_other_lots():
    assert (draw_lots(ENTITIES, seed=1) != draw_lots(ENTITIES, seed=2)).all()


def test_ranks_begin_at_one():
    assert ranks(np.array([2, 0, 1])).tolist() == [2, 3, 1]


def test_a_missing_score_is_refused():
    with pytest.raises(ValueError, match="every row must be scored"):
        order_by_score(np.array([0.1, np.nan]), draw_lots(ENTITIES[:2], seed=1))
