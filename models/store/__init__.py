"""Reads and writes rows; the only place that knows SQL."""
