"""Results as an SVG, drawn with matplotlib: a panel for each case, a bar for each entrant."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.cases import (
    BUILDER,
    CONNECTOR,
    FLOOR,
    LARGE,
    LATENCY,
    LONG,
    ONE_LARGE_WINDOW,
    ONE_WINDOW,
    PSEUDONYMS,
    READER,
    SHORT,
    SINGER,
    SLOW,
    SMALL,
    START_UP,
    TEN_WORKERS,
    WITH_PSEUDONYMS,
    WORKERS,
)
from benchmarks.race import Result, Standing

# All in inches.
WIDTH = 9.0
BAR = 0.27
PANEL_HEAD = 0.55

COLOURS = {
    FLOOR: "#9aa5b1",
    "import": "#9aa5b1",
    CONNECTOR: "#0b7a75",
    SINGER: "#d98e04",
    BUILDER: "#b23a48",
    READER: "#9aa5b1",
    ONE_WINDOW: "#4fb3ae",
    TEN_WORKERS: "#0b7a75",
    PSEUDONYMS: "#4fb3ae",
}
NAMES = {
    FLOOR: "csv + orjson, one loop",
    "import": "import airbyte_cdk",
    CONNECTOR: "source-kaltura-rooms",
    SINGER: "singer-sdk tap",
    BUILDER: "Connector Builder",
    READER: "reader that knows the size",
    ONE_WINDOW: "source-kaltura-rooms, 28 days",
    TEN_WORKERS: "source-kaltura-rooms, 10 workers",
    PSEUDONYMS: "source-kaltura-rooms, pseudonyms",
}


@dataclass(frozen=True)
class Bar:
    """One bar: whose, how long, and what to write behind it."""

    entrant: str
    name: str
    value: float
    text: str


@dataclass(frozen=True)
class Panel:
    """Bars on a scale of their own, which begins at zero."""

    title: str
    bars: tuple[Bar, ...]

    @property
    def height(self) -> float:
        """Inches."""
        return PANEL_HEAD + BAR * len(self.bars)


def chart(results: Sequence[Result]) -> str:
    """The SVG document. Texts stay texts, so that it can be searched and read out."""
    # The same results give the same file: no date, no random ids.
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "", "font.size": 9})
    panels = _panels({result.name: result for result in results})
    heights = [panel.height for panel in panels]
    figure = Figure(figsize=(WIDTH, sum(heights)), layout="constrained")
    drawings = figure.subplots(len(panels), squeeze=False, height_ratios=heights)
    for axes, panel in zip(drawings[:, 0], panels, strict=True):
        _draw(panel, axes)
    drawn = io.StringIO()
    title = "Wall time and peak memory; shorter is better"
    figure.savefig(drawn, format="svg", metadata={"Date": None, "Title": title})
    return drawn.getvalue()


def _panels(results: dict[str, Result]) -> Sequence[Panel]:
    panels = []
    for case in (LARGE, LATENCY, SLOW, WITH_PSEUDONYMS, SMALL):
        if result := results.get(case.name):
            panels.append(_wall(result, f"Seconds · {result.title}"))
    if result := results.get(START_UP):
        panels.append(_wall(result, "Seconds · start-up (spec, --about)"))
    for case in (LARGE, ONE_LARGE_WINDOW, WORKERS):
        if result := results.get(case.name):
            bars = [_memory_bar(one, NAMES[one.entrant.name]) for one in result.standings]
            panels.append(Panel(f"Peak memory in MB · {result.title}", tuple(bars)))
    if SHORT.name in results and LONG.name in results:
        bars = [
            _memory_bar(results[case.name].of(CONNECTOR), f"{case.history.windows} windows")
            for case in (SHORT, LONG)
        ]
        title = f"Peak memory in MB · the connector, {SHORT.history.rows:,} attendees a window"
        panels.append(Panel(title, tuple(bars)))
    return panels


def _wall(result: Result, title: str) -> Panel:
    first = result.standings[0].cost.wall
    bars = []
    for one in result.standings:
        seconds = one.cost.wall
        text = f"{seconds:.1f} s" if seconds >= 10 else f"{seconds:.2f} s"
        if one is not result.standings[0]:
            text += f"  ({seconds / first:.2f} ×)"
        bars.append(Bar(one.entrant.name, NAMES[one.entrant.name], seconds, text))
    return Panel(title, tuple(bars))


def _memory_bar(one: Standing, name: str) -> Bar:
    return Bar(one.entrant.name, name, one.cost.peak, f"{one.cost.peak:.0f} MB")


def _draw(panel: Panel, axes: Axes) -> None:
    bars = axes.barh(
        range(len(panel.bars)),
        [bar.value for bar in panel.bars],
        color=[COLOURS[bar.entrant] for bar in panel.bars],
    )
    axes.bar_label(bars, [bar.text for bar in panel.bars], padding=4)
    axes.set_yticks(range(len(panel.bars)), [bar.name for bar in panel.bars])
    axes.set_title(panel.title, loc="left", weight="bold", size="medium")
    axes.invert_yaxis()
    axes.margins(x=0.2)  # for what is written behind the longest bar
    axes.set_xticks([])
    axes.tick_params(left=False)
    axes.spines[:].set_visible(False)
