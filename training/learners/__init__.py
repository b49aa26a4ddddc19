"""What can be fitted: trees, a logistic regression, one-line rules, and chance."""
