"""Figures from verified facts: pure functions over facts, and how they are drawn and told."""
