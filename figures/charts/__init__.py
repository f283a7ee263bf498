"""Charts as SVG that we write ourselves, each with the same numbers as a table beside it."""

from figures.charts.chart import Chart
from figures.charts.funnel import FunnelStep, funnel_chart
from figures.charts.heat import HeatCell, heat_chart
from figures.charts.stage_time import TimeRow, time_chart
from figures.charts.trend import Series, trend_chart
from figures.charts.waterfall import Loss, waterfall_chart

__all__ = [
    "Chart",
    "FunnelStep",
    "HeatCell",
    "Loss",
    "Series",
    "TimeRow",
    "funnel_chart",
    "heat_chart",
    "time_chart",
    "trend_chart",
    "waterfall_chart",
]
