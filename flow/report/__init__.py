"""The HTML report: one self-contained page that a supervisor reads without a network."""

from flow.report.render import render_report

__all__ = ["render_report"]
