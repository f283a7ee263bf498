"""Finds the actions of a call, one file per family."""
