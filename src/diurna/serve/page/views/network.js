// Network: signed ties of states, on a circle with communities side by side.

import { go, turn } from "/app.js";
import { get, pageOf } from "/api.js";
import { empty, h, number, percent, s, table } from "/dom.js";
import { saving } from "/export.js";
import { counting, field, forms } from "/questions.js";

const PASSED = ["since", "until", "hypothetical", "confirmed", "min_confidence", "least", "states"];
const SIZE = 640, MIDDLE = SIZE / 2, RADIUS = 250, MOST = 60; // units of the drawing; states drawn

export async function view({ query, signal }) {
  const asked = new URLSearchParams([...query].filter(([name, value]) => PASSED.includes(name) && value !== ""));
  const [found, facts] = await Promise.all([get("networks", asked, signal), get("/api/v1/", null, signal)]), picked = query.get("state");
  const head = h("header", { class: "head" }, h("h1", {}, "Network"), forms("networks", asked, found.ties.length, ["csv"]),
    h("p", { class: "quiet" }, found.balance.triangles ? `${number(found.balance.triangles)} triangles, ${percent(found.balance.balanced)} balanced (${percent(found.balance.expected)} by chance)` : "no triangles", found.frustration !== null && ` · ${percent(found.frustration)} of ties cross the communities`));
  const form = h("form", { "data-ask": true, class: "controls", "aria-label": "What is shown" }, field(query, "least", "Acts at least", { options: [["", "3"], "1", "2", "5", "10", "25", "100"] }), field(query, "states", "Only", { size: 14, placeholder: "NOR,SWE,FIN" }), counting(query), h("button", {}, "Ask"));
  if (!found.ties.length) return { title: "Network", body: [head, form, slider(facts, asked), empty("No two states have so many acts between them.", h("a", { href: "/network?least=1" }, "Ask for a single one"))] };
  const time = slider(facts, asked);
  const drawing = ring(found, picked);
  const ties = picked ? found.ties.filter((t) => t.a === picked || t.b === picked) : found.ties;
  return { title: "Network", body: [head, form, time, h("div", { class: "halves" }, h("figure", { class: "ring" }, drawing, h("figcaption", {}, saving("network", () => drawing, `/api/v1/networks.csv?${asked}`))), h("section", {},
    picked && h("p", {}, "Ties of ", h("a", { href: `/country/${picked}` }, picked), " · ", h("a", { href: `/network?${asked}` }, "all states")),
    table("Ties", [["tie", (t) => h("a", { href: `/dyad/${t.a}-${t.b}`, "data-row": `${t.a}-${t.b}` }, `${t.a} – ${t.b}`)], ["sign", (t) => h("span", { class: `sign ${["hostile", "neither", "friendly"][t.sign + 1]}` }, ["hostile", "neither", "friendly"][t.sign + 1])],
      ["acts", (t) => h("a", { href: pageOf(t.events) }, number(t.count)), "num"], ["mean score", (t) => number(t.mean, 1), "num"]], ties)))] };
}

const SPANS = { 1: "a month", 3: "three months", 12: "a year" };
const HOLD = 120; // milliseconds that the slider rests before the ties are asked for
const month = (day) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
const firstDay = (m) => `${String(Math.floor(m / 12)).padStart(4, "0")}-${String((m % 12) + 1).padStart(2, "0")}-01`;
const lastDay = (m) => new Date(Date.parse(`${firstDay(m + 1)}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

// A window of months that slides over the record; it stands in the address as its first and last day.
function slider(facts, asked) {
  if (!facts.first || month(facts.first) === month(facts.last)) return null;
  const from = asked.get("since"), to = asked.get("until"), whole = from && to && from.endsWith("-01") && to === lastDay(month(to)), length = whole ? month(to) - month(from) + 1 : 3;
  const [low, high] = [month(facts.first), month(facts.last)], at = from ? Math.min(high, Math.max(low, month(from))) : high;
  const words = (m, n) => `${firstDay(m)} – ${lastDay(m + n - 1)}`;
  const told = h("output", { for: "slide" }, from || to ? `${from ?? facts.first} – ${to ?? facts.last}` : "all the time of the record");
  const span = h("select", { id: "slide-span", "aria-label": "Window" }, Object.entries(SPANS).map(([n, label]) => h("option", { value: n, selected: Number(n) === length }, label)));
  let waiting;
  const move = (m) => turn({ since: firstDay(m), until: lastDay(m + Number(span.value) - 1) }, { replace: true }).then(() => document.getElementById("slide")?.focus());
  const range = h("input", { type: "range", id: "slide", min: low, max: high, step: 1, "aria-label": "First month of the window", "aria-valuetext": told.textContent, oninput: () => {
    told.textContent = words(Number(range.value), Number(span.value));
    range.setAttribute("aria-valuetext", told.textContent);
    clearTimeout(waiting);
    waiting = setTimeout(() => move(Number(range.value)), HOLD);
  } });
  range.value = String(at);
  span.addEventListener("change", () => move(Number(range.value)));
  return h("div", { class: "slider", role: "group", "aria-label": "Time" }, range, span, told, (from || to) && h("button", { type: "button", onclick: () => turn({ since: null, until: null }) }, "All the time"));
}

function ring(found, picked) {
  const weight = new Map();
  for (const t of found.ties) for (const c of [t.a, t.b]) weight.set(c, (weight.get(c) ?? 0) + t.count);
  const states = [...weight.keys()].sort((x, y) => weight.get(y) - weight.get(x)).slice(0, MOST).sort((x, y) => found.communities[x] - found.communities[y] || weight.get(y) - weight.get(x));
  const place = new Map(states.map((c, i) => { const turn = (i / states.length) * 2 * Math.PI - Math.PI / 2; return [c, [MIDDLE + RADIUS * Math.cos(turn), MIDDLE + RADIUS * Math.sin(turn), turn]]; }));
  const drawn = found.ties.filter((t) => place.has(t.a) && place.has(t.b)), most = Math.max(...drawn.map((t) => t.count));
  const lines = drawn.map((t) => {
    const [x1, y1] = place.get(t.a), [x2, y2] = place.get(t.b), dim = picked && t.a !== picked && t.b !== picked;
    return s("path", { class: `tie ${["hostile", "neither", "friendly"][t.sign + 1]}${dim ? " dim" : ""}`, d: `M${x1.toFixed(1)} ${y1.toFixed(1)}Q${MIDDLE} ${MIDDLE} ${x2.toFixed(1)} ${y2.toFixed(1)}`, "stroke-width": (1 + 5 * Math.sqrt(t.count / most)).toFixed(1), onclick: () => go(`/dyad/${t.a}-${t.b}`) },
      s("title", {}, `${t.a} – ${t.b}: ${t.count} acts, mean ${t.mean}`));
  });
  const search = (c) => { const url = new URL(location.href); c === picked ? url.searchParams.delete("state") : url.searchParams.set("state", c); return url.pathname + url.search; };
  const nodes = states.map((c) => {
    const [x, y, turn] = place.get(c), left = Math.cos(turn) < -0.01;
    return s("a", { href: search(c), "data-keep": true, class: `node c${found.communities[c] % 6}${picked && picked !== c ? " dim" : ""}`, "aria-label": `${c}, community ${found.communities[c] + 1}` },
      s("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 7 }), s("text", { x: (MIDDLE + (RADIUS + 14) * Math.cos(turn)).toFixed(1), y: (MIDDLE + (RADIUS + 14) * Math.sin(turn) + 4).toFixed(1), "text-anchor": left ? "end" : Math.abs(Math.cos(turn)) < 0.01 ? "middle" : "start" }, c));
  });
  return s("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "group", "aria-label": "States on a circle, communities side by side; the table says the same" }, lines, nodes);
}
