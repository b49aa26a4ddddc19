"""Leak tests: whether anything in a matrix was known only after its as-of date."""
