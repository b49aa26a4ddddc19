"""The search for learner parameters, on dates before the first test date alone."""

from training.search.run import Tried
from training.search.search import Rows, Searched, search

__all__ = ["Rows", "Searched", "Tried", "search"]
