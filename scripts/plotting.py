# SPDX-License-Identifier: MIT
"""Charts with two logarithmic axes, as SVG; for the plot-* scripts."""
import math
import sys

TOP, PANEL, HIGH = 40, 330, 360


def text(x, y, s, more=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" {more}>{s}</text>'


def short(p):
    """A power of ten, in few letters."""
    return f"{10 ** (p % 3)}{('', ' k', ' M', ' G')[p // 3]}"


def panel(left, title, series, found, axes):
    """One chart.  ${series}: {key: (label, colour)}; ${found}: {key: [(x, y)]}.

    ${axes}: (name of x, decades of x, low and high power of ten of y, how a
    power of ten of y is written).
    """
    name, decades, low, high, unit = axes
    xs = lambda n: left + math.log10(n) / decades * PANEL
    ys = lambda v: TOP + HIGH - (math.log10(v) - low) / (high - low) * HIGH
    out = [text(left, TOP - 16, title, 'font-weight="bold"')]
    for p in range(decades + 1):
        x = xs(10 ** p)
        out.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" '
                   f'y2="{TOP + HIGH}" stroke="#ddd"/>')
        out.append(text(x, TOP + HIGH + 16, short(p),
                        'text-anchor="middle"'))
    out.append(text(left + PANEL / 2, TOP + HIGH + 34, name,
                    'text-anchor="middle"'))
    for p in range(low, high + 1):
        y = ys(10 ** p)
        out.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + PANEL}" '
                   f'y2="{y:.1f}" stroke="#ddd"/>')
        out.append(text(left - 6, y + 4, unit(p), 'text-anchor="end"'))
    for i, (key, (label, colour)) in enumerate(series.items()):
        line = sorted(found.get(key, []))
        if not line:
            sys.exit(f"no figures of: {key}")
        path = " ".join(f"{xs(n):.1f},{ys(v):.1f}" for n, v in line)
        out.append(f'<polyline points="{path}" fill="none" '
                   f'stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{xs(n):.1f}" cy="{ys(v):.1f}" r="2.5" '
                f'fill="{colour}"/>' for n, v in line]
        y = TOP + 12 + 16 * i
        out.append(f'<line x1="{left + PANEL + 10}" y1="{y - 4}" '
                   f'x2="{left + PANEL + 26}" y2="{y - 4}" '
                   f'stroke="{colour}" stroke-width="2"/>')
        out.append(text(left + PANEL + 30, y, label))
    return out


def page(width, height, panels):
    head = ['<?xml version="1.0" encoding="UTF-8"?>',
            "<!-- SPDX-License-Identifier: MIT -->",
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
            f'height="{height}" viewBox="0 0 {width} {height}" '
            'font-family="sans-serif" font-size="11">',
            f'<rect width="{width}" height="{height}" fill="white"/>']
    return "\n".join(head + panels + ["</svg>"])
