// The charts of a dyad as SVG, to be kept: the same series that chart.js draws on a canvas.

import { s } from "/dom.js";

const WIDE = 800, HIGH = 240, LEFT = 56, RIGHT = 12, TOP = 26, BOTTOM = 26, LABELS = 8;
const stamp = (day) => Date.parse(`${day}T00:00:00Z`);

function frame(title, points, low, high) {
  const first = stamp(points[0].start), last = Math.max(stamp(points.at(-1).start), first + 1), span = high - low || 1;
  const x = (day) => LEFT + ((stamp(day) - first) / (last - first)) * (WIDE - LEFT - RIGHT), y = (value) => HIGH - BOTTOM - ((value - low) / span) * (HIGH - TOP - BOTTOM);
  const every = Math.max(1, Math.ceil(points.length / LABELS)), step = 10 ** Math.floor(Math.log10(span)) / (span / 10 ** Math.floor(Math.log10(span)) < 3 ? 2 : 1), ticks = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step / 1e6; at += step) ticks.push(Math.abs(at) < step / 1e6 ? 0 : at);
  const axes = [
    s("text", { x: LEFT, y: 16, class: "figure-title" }, title),
    ticks.map((tick) => [s("line", { x1: LEFT, x2: WIDE - RIGHT, y1: y(tick).toFixed(1), y2: y(tick).toFixed(1), class: "figure-grid" }), s("text", { x: LEFT - 6, y: (y(tick) + 4).toFixed(1), "text-anchor": "end", class: "figure-label" }, Number(Math.abs(tick).toPrecision(6)) * (title.startsWith("Acts") ? 1 : Math.sign(tick) || 1))]),
    points.filter((_, i) => i % every === 0).map((p) => s("text", { x: x(p.start).toFixed(1), y: HIGH - 8, "text-anchor": "middle", class: "figure-label" }, p.start)),
  ];
  return { x, y, axes };
}

function sheet(parts) {
  const made = s("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "figure", "aria-hidden": "true" }, parts);
  document.getElementById("figures").replaceChildren(made); // in the page, unseen, so that the style sheet reaches it
  return made;
}

/** Draw acts by quad: cooperation above the line, conflict below it, the material ones next to it. */
export function quadFigure(points, title) {
  const up = Math.max(...points.map((p) => p.quads.VC + p.quads.MC)), down = Math.max(...points.map((p) => p.quads.VX + p.quads.MX)), { x, y, axes } = frame(`Acts: ${title}`, points, -down || -1, up || 1);
  const wide = Math.max(1, ((WIDE - LEFT - RIGHT) / points.length) * 0.8), bar = (p, quad, from, to) => (from === to ? null : s("rect", { x: Math.min(x(p.start), WIDE - RIGHT - wide).toFixed(1), y: Math.min(y(from), y(to)).toFixed(1), width: wide.toFixed(1), height: Math.abs(y(from) - y(to)).toFixed(1), class: `fill-${quad}` }));
  return sheet([axes, points.map((p) => { const q = p.quads; return [bar(p, "MC", 0, q.MC), bar(p, "VC", q.MC, q.MC + q.VC), bar(p, "MX", 0, -q.MX), bar(p, "VX", -q.MX, -q.MX - q.VX)]; }), s("line", { x1: LEFT, x2: WIDE - RIGHT, y1: y(0), y2: y(0), class: "figure-zero" })]);
}

/** Draw tension with its interval, change points as broken rules, and dyads compared. */
export function tensionFigure(points, changes, others, title) {
  const all = points.flatMap((p) => [p.tension, p.low, p.high]).concat(...others.map(({ values }) => points.map((p) => values.get(p.start)))).filter((v) => v !== null && v !== undefined);
  const { x, y, axes } = frame(`Tension: ${title}`, points, Math.min(0, ...all), Math.max(1, ...all));
  const line = (value) => runs(points.map((p) => [p.start, value(p)])).map((run) => `M${run.map(([day, v]) => `${x(day).toFixed(1)} ${y(v).toFixed(1)}`).join("L")}`).join("");
  const band = runs(points.map((p) => [p.start, p.low === null ? null : p])).map((run) => `M${run.map(([day, p]) => `${x(day).toFixed(1)} ${y(p.high).toFixed(1)}`).join("L")}L${run.toReversed().map(([day, p]) => `${x(day).toFixed(1)} ${y(p.low).toFixed(1)}`).join("L")}Z`).join("");
  return sheet([axes, s("path", { d: band, class: "figure-band" }), s("path", { d: line((p) => p.tension), class: "figure-line" }),
    others.map(({ name, values }, i) => [s("path", { d: line((p) => values.get(p.start)), class: `figure-line other${i % 3}` }), s("text", { x: WIDE - RIGHT, y: 16 + 14 * i, "text-anchor": "end", class: `figure-label ink-other${i % 3}` }, name)]),
    changes.map((c) => s("line", { x1: x(c.start).toFixed(1), x2: x(c.start).toFixed(1), y1: TOP, y2: HIGH - BOTTOM, class: "figure-rule" }))]);
}

function runs(pairs) {
  const found = [[]];
  for (const pair of pairs) {
    if (pair[1] === null || pair[1] === undefined) found.push([]);
    else found.at(-1).push(pair);
  }
  return found.filter((run) => run.length);
}
