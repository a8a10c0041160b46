// Series drawn with uPlot, each with a table that says the same.

import uPlot from "/vendor/uPlot.esm.js";
import { h } from "/dom.js";

/** Give a colour of the style sheet as the canvas takes it. */
export function ink(name) {
  const probe = h("span", { class: `ink-${name}` });
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

const seconds = (day) => Date.parse(`${day}T00:00:00Z`) / 1000;
const BEFORE_AFTER = { VC: 1, MC: 1, VX: -1, MX: -1 };

function plot(title, points, series, data, { bands = [], hooks = {}, y = {}, sync, height = 170, pick, at }) {
  const holder = h("div", { class: "plot", role: "img", "aria-label": `${title}; the table below says the same` });
  const grid = { stroke: ink("line"), width: 1 }, text = ink("quiet");
  const axis = { stroke: text, grid, ticks: grid, font: "11px system-ui, sans-serif" };
  const chart = new uPlot({
    title, width: 600, height, series: [{ value: (_, v) => (v === null ? "" : new Date(v * 1000).toISOString().slice(0, 10)) }, ...series], bands,
    tzDate: (stamp) => uPlot.tzDate(new Date(stamp * 1000), "UTC"), axes: [{ ...axis, size: 28, space: 84, values: (_, ticks) => ticks.map((t) => new Date(t * 1000).toISOString().slice(0, 10)) }, { ...axis, size: 56, ...y }], scales: { x: { time: true } },
    cursor: { sync: { key: sync }, drag: { x: false, y: false } }, legend: { live: true },
    hooks: { ...hooks, draw: [...(hooks.draw ?? []), (u) => chosen(u, points, at())] },
  }, [points.map((p) => seconds(p.start)), ...data], holder);
  chart.over.addEventListener("click", () => { if (chart.cursor.idx !== null && chart.cursor.idx !== undefined) pick(chart.cursor.idx); });
  new ResizeObserver(([entry]) => chart.setSize({ width: Math.max(240, Math.floor(entry.contentRect.width)), height })).observe(holder);
  return { holder, chart };
}

function chosen(u, points, index) {
  if (index === null || index < 0 || index >= points.length) return;
  rule(u, seconds(points[index].start), ink("accent"), []);
}

function rule(u, x, colour, dash) {
  const at = u.valToPos(x, "x", true), { ctx, bbox } = u;
  if (at < bbox.left || at > bbox.left + bbox.width) return;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash(dash.map((d) => d * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(at, bbox.top);
  ctx.lineTo(at, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

/** Draw acts by quad, cooperation above the line and conflict below it, the material ones next to it. */
export function quadChart(points, options) {
  const bars = uPlot.paths.bars({ size: [0.8, 48], align: 1 });
  const raw = (quad) => (u, v, s, i) => (i === null || i === undefined ? "" : points[i].quads[quad]);
  const one = (quad, label) => ({ label, fill: ink(quad), stroke: ink(quad), width: 0, paths: bars, points: { show: false }, value: raw(quad) });
  const sum = (sign, ...quads) => points.map((p) => sign * quads.reduce((all, q) => all + p.quads[q], 0));
  const whole = (_, ticks) => ticks.map((v) => (Number.isInteger(v) ? Math.abs(v) : ""));
  return plot("Acts: cooperation above, conflict below", points, [one("VC", "verbal coop."), one("MC", "material coop."), one("VX", "verbal conflict"), one("MX", "material conflict")],
    [sum(BEFORE_AFTER.VC, "VC", "MC"), sum(BEFORE_AFTER.MC, "MC"), sum(BEFORE_AFTER.VX, "VX", "MX"), sum(BEFORE_AFTER.MX, "MX")], { ...options, y: { values: whole } });
}

/** Draw tension with its interval, and change points as broken rules. */
export function tensionChart(points, changes, others, options) {
  const accent = ink("tension"), shade = ink("band");
  const series = [
    { label: "at least", stroke: "transparent", points: { show: false } }, { label: "tension", stroke: accent, width: 1.5, points: { show: points.length < 120, size: 4, fill: accent } },
    { label: "at most", stroke: "transparent", points: { show: false } },
    ...others.map(({ name }, i) => ({ label: name, stroke: ink(`other${i % 3}`), width: 1.2, points: { show: false } })),
  ];
  const data = [points.map((p) => p.low), points.map((p) => p.tension), points.map((p) => p.high), ...others.map(({ values }) => points.map((p) => values.get(p.start) ?? null))];
  const draw = [(u) => { for (const change of changes) rule(u, seconds(change.start), ink("MX"), [5, 4]); }];
  return plot("Tension, with its interval; broken rules where the level changes", points, series, data, { ...options, bands: [{ series: [3, 1], fill: shade }], hooks: { draw } });
}
