"""Deals in, verdicts out."""
