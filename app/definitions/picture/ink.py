"""Writing SVG: a node a call, numbers short, and everything that people typed as text and never as markup."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from app.definitions.picture.glyphs import SHEET, Glyph
from app.definitions.picture.words import Lines

SVG = "http://www.w3.org/2000/svg"
INK = "#212b32"
#: lines of lanes and notes, and what is said beside
QUIET = "#4c6272"
PAPER = "#ffffff"
FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"


class Ink:
    """A place in the picture to write at. Only attributes: a page may forbid styles, and a file has none."""

    def __init__(self, element: etree._Element) -> None:
        self.element = element

    def add(self, tag: str, **attributes: str | float) -> Ink:
        """A new element inside; an underscore in a name stands for a hyphen."""
        named = {name.replace("_", "-").strip("-"): number(value) for name, value in attributes.items()}
        return Ink(etree.SubElement(self.element, f"{{{SVG}}}{tag}", named))

    def say(self, tag: str, text: str) -> None:
        """A title or a description."""
        self.add(tag).element.text = text

    def moved(self, left: float, top: float, scale: float = 1.0) -> Ink:
        grown = "" if scale == 1 else f" scale({number(scale)})"
        return self.add("g", transform=f"translate({number(left)},{number(top)}){grown}")

    def path(self, d: str, **attributes: str | float) -> None:
        self.add("path", **({"d": d, "fill": "none"} | attributes))

    def glyph(self, glyph: Glyph, middle: tuple[float, float], size: float, ink: str, paper: str) -> None:
        """A sign around a point, `size` pixels wide, its lines as thin whatever the size."""
        scale = size / SHEET
        sheet = self.moved(middle[0] - size / 2, middle[1] - size / 2, scale)
        line: dict[str, str | float] = {
            "stroke": ink,
            "stroke_width": 1.1 / scale,
            "stroke_linejoin": "round",
            "stroke_linecap": "round",
        }
        if glyph.paper:
            sheet.path(glyph.paper, **(line | {"fill": paper}))
        if glyph.solid:
            sheet.path(glyph.solid, **(line | {"fill": ink}))
        if glyph.lines:
            sheet.path(glyph.lines, **line)
        if glyph.cut:
            sheet.path(glyph.cut, **(line | {"stroke": paper}))

    def text(self, words: Lines, middle: float, top: float, **attributes: str | float) -> None:
        """Lines below one another from `top`, each around `middle`."""
        usual: dict[str, str | float] = {"font_size": words.size, "text_anchor": "middle", "fill": INK}
        block = self.add("text", **(usual | attributes))
        for number_, line in enumerate(words.lines):
            base = top + words.leading * number_ + words.size * 0.95
            block.add("tspan", x=middle, y=base).element.text = line


def number(value: str | float) -> str:
    """At most two decimals."""
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".").replace("-0", "0", value == 0)


def path(points: Iterable[tuple[float, float]]) -> str:
    """Straight lines through the points."""
    return "M" + "L".join(f"{number(across)},{number(down)}" for across, down in points)
