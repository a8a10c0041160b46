// Dyad: what one country does to another, period by period.

import { turn } from "/app.js";
import { actList } from "/acts.js";
import { get, pageOf } from "/api.js";
import { empty, fill, h, number, table } from "/dom.js";
import { saving } from "/export.js";
import { foresight } from "/foresight.js";
import { counting, field, flags, forms } from "/questions.js";

const PASSED = ["since", "until", "hypothetical", "confirmed", "min_confidence"];

export async function view({ rest, query, signal }) {
  if (!rest[0]) return list(query, signal);
  const dyad = rest[0].toUpperCase(), by = query.get("by") || "month", passed = picked(query, PASSED);
  const asked = new URLSearchParams([...passed, ["by", by], ...(query.get("oneway") === "true" ? [["both", "false"]] : [])]);
  const others = (query.get("with") ?? "").toUpperCase().split(/[\s,]+/).filter(Boolean).slice(0, 3);
  const [facts, ...more] = await Promise.all([dyad, ...others].map((d) => get(`dyads/${encodeURIComponent(d)}`, asked, signal)));
  const { points, changes, unusual_weeks: weeks } = facts, [a, b] = facts.dyad.split("-");
  const at = points.findIndex((p) => p.start === query.get("at"));
  const head = h("header", { class: "head" },
    h("h1", {}, h("a", { href: `/country/${a}` }, a), facts.both ? " ⇄ " : " → ", h("a", { href: `/country/${b}` }, b)),
    forms("", asked, null, ["csv", "parquet"], (kind) => `/api/v1/dyads/${facts.dyad}/series.${kind}`),
    h("p", { class: "quiet" }, `${number(points.reduce((all, p) => all + p.count, 0))} acts · `, h("a", { href: `/dyad/${b}-${a}${location.search}` }, "turn round")));
  const form = h("form", { "data-ask": true, class: "controls", "aria-label": "What is shown" }, field(query, "by", "By", { options: [["", "month"], "week", "day"] }), flags(query, { oneway: `only ${a} → ${b}` }), counting(query),
    field(query, "with", "Compare", { size: 16, placeholder: "NOR-SWE, NOR-FIN", pattern: "[A-Za-z]{3}-[A-Za-z]{3}([, ]+[A-Za-z]{3}-[A-Za-z]{3}){0,2}" }), h("button", {}, "Ask"));
  if (!points.some((p) => p.count)) return { title: facts.dyad, body: [head, form, empty("The record holds no such act.", h("a", { href: "/dyad" }, "Dyads that it holds"))] };
  const drawn = h("div", { class: "charts", tabindex: "0", role: "group", "aria-label": "Charts; the arrow keys choose a period" }), below = h("section", { "aria-label": "Events of the period" });
  const state = { at: at < 0 ? null : at };
  const charts = [];
  const pick = async (index) => {
    state.at = index;
    const url = new URL(location.href);
    url.searchParams.set("at", points[index].start);
    history.replaceState(null, "", url);
    for (const { chart } of charts) chart.redraw(false);
    await period(points[index], below, signal);
  };
  drawn.addEventListener("keydown", (event) => {
    const by_ = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by_) return;
    event.preventDefault();
    pick(Math.max(0, Math.min(points.length - 1, (state.at ?? points.length) + by_)));
  });
  const [{ quadChart, tensionChart }, { quadFigure, tensionFigure }] = await Promise.all([import("/chart.js"), import("/figure.js")]);
  const csv = `/api/v1/dyads/${facts.dyad}/series.csv?${asked}`;
  const ready = () => {
    const options = { sync: "dyad", pick, at: () => state.at };
    const compared = more.map((m) => ({ name: m.dyad, values: new Map(m.points.map((p) => [p.start, p.tension])) }));
    charts.push(quadChart(points, options), tensionChart(points, changes, compared, options));
    drawn.append(...charts.map(({ holder }, i) => h("figure", {}, holder, h("figcaption", {}, saving(`${facts.dyad}-${i ? "tension" : "acts"}`, i ? () => tensionFigure(points, changes, compared, facts.dyad) : () => quadFigure(points, facts.dyad), csv)))));
    signal.addEventListener("abort", () => { for (const { chart } of charts) chart.destroy(); });
    if (state.at !== null) period(points[state.at], below, signal);
  };
  return { title: facts.dyad.replace("-", facts.both ? " ⇄ " : " → "), body: [head, form, drawn, notes(changes, weeks, by), below, a !== b && foresight({ kind: "dyad", dyad: facts.dyad }, query, signal), twin(points)], ready };
}

const picked = (query, names) => [...query].filter(([name, value]) => names.includes(name) && value !== "");

async function period(point, below, signal) {
  fill(below, h("p", { class: "state loading" }, "Reading …"));
  try {
    const { body } = await actList(new URLSearchParams(point.events.split("?")[1]), signal);
    fill(below, h("h2", {}, `${point.start} – ${point.end}: ${number(point.count)} acts`), body);
  } catch (error) {
    if (error.name !== "AbortError") fill(below, h("p", { class: "error", role: "alert" }, error.message));
  }
}

function notes(changes, weeks, by) {
  const lines = [
    ...changes.map((c) => h("li", {}, `The level of tension changes in the ${by} of `, h("a", { href: keepWith({ at: c.start }), "data-keep": true }, c.start), `: ${number(c.before, 1)} before, ${number(c.after, 1)} after.`)),
    ...weeks.map((w) => h("li", {}, `Unusual week of `, h("a", { href: pageOf(w.events) }, w.start), `: ${number(w.count)} acts of material conflict where ${number(w.expected, 1)} were expected (chance ${w.chance.toPrecision(2)}).`)),
  ];
  return lines.length > 0 && h("section", {}, h("h2", {}, "Ruptures"), h("ul", { class: "notes" }, lines));
}

function keepWith(changes) {
  const found = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) found.set(name, value);
  return `${location.pathname}?${found}`;
}

function twin(points) {
  const rows = points.filter((p) => p.count || p.stories).reverse();
  return h("details", {}, h("summary", {}, "The same as a table"), table("Periods of the dyad", [
    ["from", (p) => p.start], ["acts", (p) => h("a", { href: pageOf(p.events) }, number(p.count)), "num"], ...["VC", "MC", "VX", "MX"].map((q) => [q, (p) => (p.quads[q] ? h("a", { href: `${pageOf(p.events)}&quad=${q}` }, number(p.quads[q])) : "0"), "num"]),
    ["score", (p) => number(p.score, 1), "num"], ["tension", (p) => number(p.tension, 1), "num"], ["interval", (p) => (p.low === null ? "–" : `${number(p.low, 1)} – ${number(p.high, 1)}`), "num"],
    ["possible", (p) => number(p.hypothetical), "num"], ["claimed only", (p) => number(p.unconfirmed), "num"], ["stories", (p) => number(p.stories), "num"],
  ], rows));
}

async function list(query, signal) {
  const asked = new URLSearchParams(picked(query, [...PASSED, "country", "inward"]));
  const found = await get("dyads", asked, signal), text = asked.toString();
  const form = h("form", { "data-ask": true, class: "controls", "aria-label": "What is shown" }, field(query, "country", "Country", { size: 4, pattern: "[A-Za-z]{3}" }), counting(query), flags(query, { inward: "within one country too" }), h("button", {}, "Ask"));
  const events = (d, quad) => `/events?${new URLSearchParams([...asked].filter(([n]) => n !== "inward" && n !== "country"))}&counted=true&dyad=${d.dyad}${quad ? `&quad=${quad}` : ""}`.replace("?&", "?");
  const body = found.items.length
    ? table("Dyads", [
      ["dyad", (d) => h("a", { href: `/dyad/${d.dyad}${text ? `?${text}` : ""}`, "data-row": d.dyad }, d.dyad.replace("-", " → "))], ["acts", (d) => h("a", { href: events(d) }, number(d.count)), "num"],
      ...["VC", "MC", "VX", "MX"].map((q) => [q, (d) => (d.quads[q] ? h("a", { href: events(d, q) }, number(d.quads[q])) : "0"), "num"]), ["mean score", (d) => number(d.mean, 1), "num"], ["last", (d) => d.last]], found.items)
    : empty("The record holds no dyad that fits this.");
  return { title: "Dyads", body: [h("header", { class: "head" }, h("h1", {}, "Dyads"), forms("dyads", asked, found.total, ["csv"])), form, body] };
}
