// Treaties: what states did to accords, and how each stands.

import { get } from "/api.js";
import { days, empty, h, number, s, table } from "/dom.js";
import { saving } from "/export.js";
import { field, forms } from "/questions.js";

const DONE = new Set(["done", "announced"]), WIDE = 640, ROW = 18, LEFT = 60;

export async function view({ query, signal }) {
  const asked = new URLSearchParams([...query].filter(([name, value]) => ["since", "until", "country", "accord", "on"].includes(name) && value !== ""));
  const found = await get("ledgers/treaties", asked, signal);
  const form = h("form", { "data-ask": true, class: "controls", "aria-label": "What is shown" }, field(query, "accord", "Accord", { size: 16 }), field(query, "country", "State", { size: 4, pattern: "[A-Za-z]{3}" }), field(query, "on", "Standing on", { type: "date" }), h("button", {}, "Ask"));
  const head = h("header", { class: "head" }, h("h1", {}, "Treaties"), forms("ledgers/treaties", asked, null, ["csv", "parquet"]), h("p", { class: "quiet" }, found.on && `standing on ${found.on} · `, `out of ${number(found.stories)} stories${found.of > found.stories ? ` (the newest of ${number(found.of)})` : ""}`));
  if (!found.items.length) return { title: "Treaties", body: [head, form, empty("No report that fits this tells of an act on a named accord.")] };
  return { title: "Treaties", body: [head, form, found.items.map(accord)] };
}

function accord(item) {
  return h("section", { class: "accord", "data-row": item.accord }, h("h2", { tabindex: "-1" }, item.accord),
    item.standings.length > 0 && h("p", {}, item.standings.slice(0, 40).map((stand) => [h("span", { class: `standing ${stand.status}` }, h("a", { class: "code", href: `/country/${stand.state}` }, stand.state), ` ${stand.status}`, stand.since && ` since ${stand.since}`), " "])),
    chart(item), table(`Acts on ${item.accord}`, [
      ["when", (e) => days(e.from, e.to)], ["state", (e) => h("a", { href: `/country/${e.state}` }, e.state)], ["act", (e) => e.action], ["told as", (e) => e.step],
      ["evidence", (e) => e.evidence.map((v, i) => [i ? "; " : "", v.story ? h("a", { href: `/story/${v.story}?event=${v.event}` }, `“${v.text}”`) : v.text, v.claimant && h("span", { class: "quiet" }, ` ${v.claimant}`)])]], item.entries));
}

function chart(item) {
  const drawing = timeline(item.entries);
  return drawing && h("figure", {}, drawing, h("figcaption", {}, saving(`treaty-${item.accord}`, () => drawing, `/api/v1/ledgers/treaties.csv?${new URLSearchParams({ accord: item.accord.slice(0, 200) })}`)));
}

function timeline(entries) {
  const states = [...new Set(entries.map((e) => e.state))], stamps = entries.map((e) => Date.parse(e.from.slice(0, 10))).filter(Number.isFinite);
  const [first, last] = [Math.min(...stamps), Math.max(...stamps)];
  if (entries.length < 2 || first === last) return null;
  const x = (day) => LEFT + ((Date.parse(day.slice(0, 10)) - first) / (last - first)) * (WIDE - LEFT - 40), high = states.length * ROW + 22;
  return s("svg", { class: "timeline", viewBox: `0 0 ${WIDE} ${high}`, role: "img", "aria-label": "Acts by state over time; the table says the same" },
    states.map((state, i) => [s("line", { x1: LEFT, x2: WIDE - 40, y1: i * ROW + 10, y2: i * ROW + 10 }), s("text", { x: 4, y: i * ROW + 14 }, state)]),
    entries.filter((e) => Number.isFinite(Date.parse(e.from.slice(0, 10)))).map((e) => s("circle", { cx: x(e.from).toFixed(1), cy: states.indexOf(e.state) * ROW + 10, r: 5, class: DONE.has(e.step) ? "done" : "open" }, s("title", {}, `${e.state} ${e.action} (${e.step}) ${e.from}`))),
    s("text", { x: LEFT, y: high - 4 }, new Date(first).toISOString().slice(0, 10)), s("text", { x: WIDE - 40, y: high - 4, "text-anchor": "end" }, new Date(last).toISOString().slice(0, 10)));
}
