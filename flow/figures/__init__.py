"""Figures brought about: what facts are kept when something was judged."""
