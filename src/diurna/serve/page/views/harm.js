// Harm: tolls by claimant, never summed blindly.

import { get } from "/api.js";
import { days, empty, h, number, table } from "/dom.js";
import { field, forms } from "/questions.js";

const count = (f) => (f.low === f.high && !f.open ? number(f.best) : `${number(f.best)} (${number(f.low)} – ${number(f.high)}${f.open ? " or more" : ""})`);
const said = (c) => (c.high === null ? `at least ${number(c.low)}` : c.low === c.high ? number(c.low) : `${number(c.low)} – ${number(c.high)}`);

export async function view({ query, signal }) {
  const asked = new URLSearchParams([...query].filter(([name, value]) => ["since", "until", "country"].includes(name) && value !== ""));
  const found = await get("ledgers/harm", asked, signal);
  const form = h("form", { "data-ask": true, class: "controls", "aria-label": "What is shown" }, field(query, "country", "Country", { size: 4, pattern: "[A-Za-z]{3}" }), field(query, "since", "From", { type: "date" }), field(query, "until", "To", { type: "date" }), h("button", {}, "Ask"));
  const head = h("header", { class: "head" }, h("h1", {}, "Harm"), forms("ledgers/harm", asked, null, ["csv", "parquet"]), h("p", { class: "quiet" }, `${number(found.items.length)} tolls out of ${number(found.stories)} stories${found.of > found.stories ? ` (the newest of ${number(found.of)})` : ""}`));
  if (!found.items.length) return { title: "Harm", body: [head, form, empty("No report that fits this counts anyone harmed.")] };
  const sums = h("p", {}, "Together, none counted twice: ", Object.entries(found.totals).map(([kind, f], i) => [i ? " · " : "", h("strong", {}, count(f)), ` ${kind}`]));
  return { title: "Harm", body: [head, form, sums, table("Tolls", [
    ["what", (i) => h("strong", {}, i.kind)], ["best (low – high)", count, "num"], ["who", (i) => i.who.join(", ") || "–"],
    ["where, when", (i) => [[i.place, i.country].filter(Boolean).join(", ") || "–", h("br", {}), h("span", { class: "quiet" }, days(i.from, i.to))]],
    ["according to", (i) => h("ul", { class: "claims" }, i.claims.map((c) => claim(c)), i.superseded.map((c) => claim(c, "superseded")), i.denied.map((c) => claim(c, "denied")))]], found.items)] };
}

function claim(c, state) {
  const words = `${c.claimant}: ${said(c)}`, to = c.event ? `/story/${c.story}?event=${c.event}` : `/story/${c.story}`;
  return h("li", {}, h("a", { href: to, title: c.text }, words), c.published && h("span", { class: "quiet" }, ` ${c.published}`), state && h("span", { class: "badge" }, state));
}
