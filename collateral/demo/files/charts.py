"""Native charts of a deck, in its theme: the figures can be edited in the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from collateral.demo.files.canvas import POINTS, Canvas, emu, rgb

Series = tuple[str, Sequence[float | None]]


def bars(
    canvas: Canvas,
    box: tuple[float, float, float, float],
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    colors: Sequence[str | None],
    sideways: bool = False,
    stacked: bool = False,
    hot: int | None = None,
    form: str = "#,##0",
    gap: int = 45,
    size: float = 11,
    legend: bool = False,
) -> Any:
    """Bars or columns; ``colors`` one a series (None: not drawn), ``hot`` a bar that stands out."""
    from pptx.enum.chart import XL_CHART_TYPE

    kind = {
        (False, False): XL_CHART_TYPE.COLUMN_CLUSTERED,
        (False, True): XL_CHART_TYPE.COLUMN_STACKED,
        (True, False): XL_CHART_TYPE.BAR_CLUSTERED,
        (True, True): XL_CHART_TYPE.BAR_STACKED,
    }[(sideways, stacked)]
    chart = _add(canvas, kind, box, labels, series, form)
    plot = chart.plots[0]
    plot.gap_width = gap
    plot.overlap = 100 if stacked else -8
    for drawn, color in zip(plot.series, colors, strict=False):
        _painted(drawn, color)
        if hot is not None and color is not None:
            _painted(drawn.points[hot % len(labels)], canvas.theme.accent)
    if not stacked:
        _labels(plot, canvas, form, size)
    _axes(chart, canvas, size, sideways=sideways)
    _legend(chart, canvas, legend, size)
    return chart


def _painted(drawn: Any, color: str | None) -> None:
    if color is None:
        drawn.format.fill.background()
        return
    drawn.format.fill.solid()
    drawn.format.fill.fore_color.rgb = rgb(color)


def lines(
    canvas: Canvas,
    box: tuple[float, float, float, float],
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    colors: Sequence[str],
    form: str = "#,##0",
    size: float = 10.5,
    legend: bool = False,
    scale: bool = True,
    every: int = 1,
) -> Any:
    """Lines over time, smooth at the corners, with a scale where the values matter."""
    from pptx.enum.chart import XL_CHART_TYPE, XL_MARKER_STYLE
    from pptx.util import Pt

    chart = _add(canvas, XL_CHART_TYPE.LINE, box, labels, series, form)
    for drawn, color in zip(chart.plots[0].series, colors, strict=True):
        drawn.format.line.color.rgb = rgb(color)
        drawn.format.line.width = Pt(2.5)
        drawn.smooth = False
        drawn.marker.style = XL_MARKER_STYLE.NONE
    _axes(chart, canvas, size, sideways=False, scale=scale, every=every)
    _legend(chart, canvas, legend, size)
    return chart


def doughnut(
    canvas: Canvas,
    box: tuple[float, float, float, float],
    labels: Sequence[str],
    values: Sequence[float],
    colors: Sequence[str],
    *,
    hole: int = 62,
) -> Any:
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.oxml.ns import qn

    chart = _add(canvas, XL_CHART_TYPE.DOUGHNUT, box, labels, [("", values)], "General")
    plot = chart.plots[0]
    for index, color in enumerate(colors):
        point = plot.series[0].points[index]
        point.format.fill.solid()
        point.format.fill.fore_color.rgb = rgb(color)
    size = chart._chartSpace.find(".//" + qn("c:holeSize"))
    if size is not None:
        size.set("val", str(hole))
    chart.has_legend = False
    return chart


def _add(
    canvas: Canvas,
    kind: Any,
    box: tuple[float, float, float, float],
    labels: Sequence[str],
    series: Sequence[Series],
    form: str,
) -> Any:
    from pptx.chart.data import CategoryChartData

    make: Any = CategoryChartData
    data = make(number_format=form)
    data.categories = list(labels)
    for name, values in series:
        data.add_series(name, list(values))
    frame = canvas.slide.shapes.add_chart(kind, *emu(*box), data)
    chart = frame.chart
    chart.font.name = canvas.theme.body
    chart.font.color.rgb = rgb(canvas.theme.ink)
    chart.has_title = False
    return chart


def _labels(plot: Any, canvas: Canvas, form: str, size: float) -> None:
    from pptx.util import Pt

    plot.has_data_labels = True
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = form, False
    labels.show_value = True
    labels.font.size = Pt(size * POINTS)
    labels.font.bold = True
    labels.font.name = canvas.theme.body
    labels.font.color.rgb = rgb(canvas.theme.ink)


def _axes(
    chart: Any, canvas: Canvas, size: float, *, sideways: bool, scale: bool = False, every: int = 1
) -> None:
    from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK
    from pptx.oxml.ns import qn
    from pptx.util import Pt

    value, category = chart.value_axis, chart.category_axis
    value.has_major_gridlines = scale
    if not scale:
        # Not hidden but bare: some renderers draw a hidden axis all the same, labels and all,
        # so the labels take the colour of the ground.
        value.minimum_scale = 0
        value.tick_labels.font.color.rgb = rgb(canvas.theme.ground)
        value.tick_labels.font.size = Pt(1)
        value.tick_label_position = XL_TICK_LABEL_POSITION.NONE
        value.major_tick_mark = XL_TICK_MARK.NONE
        value.format.line.fill.background()
    else:
        value.major_gridlines.format.line.color.rgb = rgb(canvas.theme.line)
        value.format.line.fill.background()
        value.tick_labels.font.size = Pt(size * POINTS)
        value.tick_labels.font.color.rgb = rgb(canvas.theme.soft)
    category.major_tick_mark = XL_TICK_MARK.NONE
    category.format.line.color.rgb = rgb(canvas.theme.line if sideways else canvas.theme.soft)
    category.tick_labels.font.size = Pt(size * POINTS)
    category.tick_labels.font.color.rgb = rgb(canvas.theme.ink if sideways else canvas.theme.soft)
    category.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if sideways:
        category.reverse_order = True
    if every > 1:
        axis = category._element
        skip = axis.makeelement(qn("c:tickLblSkip"), {"val": str(every)})
        before = axis.find(qn("c:noMultiLvlLbl"))
        if before is None:
            axis.append(skip)
        else:
            before.addprevious(skip)


def _legend(chart: Any, canvas: Canvas, wanted: bool, size: float) -> None:
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.util import Pt

    chart.has_legend = wanted
    if wanted:
        chart.legend.position = XL_LEGEND_POSITION.TOP
        chart.legend.include_in_layout = False
        chart.legend.font.size = Pt(size * POINTS)
        chart.legend.font.color.rgb = rgb(canvas.theme.soft)
