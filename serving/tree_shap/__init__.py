"""Exact TreeSHAP of LightGBM models, faster than LightGBM's own; docs/reference/tree_shap.md derives it."""
