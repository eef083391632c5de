"""Results as an SVG: a panel for each case, a bar for each entrant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from benchmarks.cases import LARGE, LATENCY, LONG, SHORT, SMALL, START_UP
from benchmarks.race import Result, Standing

# All in pixels.
WIDTH = 820
NAMES_END = 220
BARS_END = 690
BAR = 16
LINE = 26
PANEL_HEAD = 40
MARGIN = 16

COLOURS = {
    "floor": "#9aa5b1",
    "import": "#9aa5b1",
    "connector": "#0b7a75",
    "singer": "#d98e04",
    "builder": "#b23a48",
}
NAMES = {
    "floor": "csv + orjson, one loop",
    "import": "import airbyte_cdk",
    "connector": "source-kaltura-rooms",
    "singer": "singer-sdk tap",
    "builder": "Connector Builder",
}
_FONT = "font-family='system-ui, Segoe UI, Helvetica, Arial, sans-serif'"


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
    def height(self) -> int:
        """Pixels."""
        return PANEL_HEAD + LINE * len(self.bars)


_SVG = "http://www.w3.org/2000/svg"  # ignore-https-check: a name, not an address


def chart(results: Sequence[Result]) -> str:
    """The SVG document."""
    panels = list(_panels({result.name: result for result in results}))
    height = sum(panel.height for panel in panels) + 2 * MARGIN
    parts = [
        f"<svg xmlns='{_SVG}' width='{WIDTH}' height='{height}' "
        f"viewBox='0 0 {WIDTH} {height}' role='img' {_FONT} font-size='13'>",
        "<title>Wall time and peak memory; shorter is better</title>",
        f"<rect width='{WIDTH}' height='{height}' fill='#ffffff'/>",
    ]
    top = MARGIN
    for panel in panels:
        parts.append(_drawn(panel, top))
        top += panel.height
    return "\n".join([*parts, "</svg>", ""])


def _panels(results: dict[str, Result]) -> Sequence[Panel]:
    panels = []
    for case in (LARGE, LATENCY, SMALL):
        if result := results.get(case.name):
            panels.append(_wall(result, f"Seconds · {result.title}"))
    if result := results.get(START_UP):
        panels.append(_wall(result, "Seconds · start-up (spec, --about)"))
    if result := results.get(LARGE.name):
        bars = [_memory_bar(one, NAMES[one.entrant.name]) for one in result.standings]
        panels.append(Panel(f"Peak memory in MB · {result.title}", tuple(bars)))
    if SHORT.name in results and LONG.name in results:
        bars = [
            _memory_bar(results[case.name].of("connector"), f"{case.history.windows} windows")
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
            text += f"  ({seconds / first:.1f} ×)"
        bars.append(Bar(one.entrant.name, NAMES[one.entrant.name], seconds, text))
    return Panel(title, tuple(bars))


def _memory_bar(one: Standing, name: str) -> Bar:
    return Bar(one.entrant.name, name, one.cost.peak, f"{one.cost.peak:.0f} MB")


def _drawn(panel: Panel, top: int) -> str:
    longest = max(bar.value for bar in panel.bars)
    parts = [
        f"<text x='{MARGIN}' y='{top + 22}' font-weight='600' fill='#1f2933'>"
        f"{escape(panel.title)}</text>"
    ]
    for number, bar in enumerate(panel.bars):
        y = top + PANEL_HEAD - 6 + LINE * number
        length = max(2.0, (BARS_END - NAMES_END) * bar.value / longest)
        weight = " font-weight='600'" if bar.entrant == "connector" else ""
        parts.append(
            f"<text x='{NAMES_END - 10}' y='{y + 13}' text-anchor='end' fill='#3e4c59'{weight}>"
            f"{escape(bar.name)}</text>"
            f"<rect x='{NAMES_END}' y='{y}' width='{length:.1f}' height='{BAR}' rx='2' "
            f"fill='{COLOURS[bar.entrant]}'/>"
            f"<text x='{NAMES_END + length + 8:.1f}' y='{y + 13}' fill='#1f2933'{weight}>"
            f"{escape(bar.text)}</text>"
        )
    return "\n".join(parts)
