"""Chart: bars that say how many, drawn as SVG and made a picture that every client shows."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

import font_source_sans_pro
import resvg_py

WIDTH, HEIGHT = 800, 360
"""Pixels: read on a telephone held upright, and a few kilobytes."""

_TOP, _BOTTOM, _SIDE = 70, 50, 30
_FAMILY = "Source Sans Pro"


def svg(
    title: str, labels: Sequence[str], values: Sequence[int], shown: Sequence[str] | None = None
) -> str:
    """Return bars of ``values`` (no less than 0), each with its label below and its number above.

    ``shown`` are other words for the numbers.

    Numbers and bars say the same, and nothing is told by colour alone.
    """
    step = (WIDTH - 2 * _SIDE) / max(len(values), 1)
    tallest = max([*values, 1])
    room = HEIGHT - _TOP - _BOTTOM
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
            f'font-family="{_FAMILY}">'
        ),
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_SIDE}" y="38" font-size="26" fill="#222222">{escape(title)}</text>',
    ]
    numbers = shown or [str(value) for value in values]
    for n, (label, value, number) in enumerate(zip(labels, values, numbers, strict=True)):
        middle = _SIDE + step * (n + 0.5)
        tall = room * value / tallest
        top = HEIGHT - _BOTTOM - tall
        parts += [
            (
                f'<rect x="{middle - step * 0.35:.1f}" y="{top:.1f}" width="{step * 0.7:.1f}" '
                f'height="{tall:.1f}" rx="4" fill="#2a6f97"/>'
            ),
            (
                f'<text x="{middle:.1f}" y="{top - 8:.1f}" font-size="20" text-anchor="middle" '
                f'fill="#222222">{escape(number)}</text>'
            ),
            (
                f'<text x="{middle:.1f}" y="{HEIGHT - 18}" font-size="18" text-anchor="middle" '
                f'fill="#444444">{escape(label)}</text>'
            ),
        ]
    return "".join([*parts, "</svg>"])


def png(drawing: str) -> bytes:
    """Return the picture of an SVG; letters come from a font that is installed with the bot.

    Takes some 20 ms of processor time: off the event loop, please.
    """
    picture: bytes = bytes(
        resvg_py.svg_to_bytes(
            svg_string=drawing,
            skip_system_fonts=True,
            font_files=[str(font_source_sans_pro.SourceSansPro)],
            font_family=_FAMILY,
        )
    )
    return picture
