// Today: what is new, by weight and novelty, with how many independent sources tell it and who claims it.

import { parties, quadMark } from "/acts.js";
import { get } from "/api.js";
import { days, empty, h, number } from "/dom.js";
import { field, flags } from "/questions.js";

const PASSED = ["until", "days", "country", "limit"];

export async function view({ query, signal }) {
  const asked = new URLSearchParams([...query].filter(([name, value]) => PASSED.includes(name) && value !== ""));
  const found = await get("today", asked, signal);
  const form = h("form", { "data-ask": true, class: "controls", "aria-label": "What is shown" }, field(query, "until", "Up to", { type: "date" }), field(query, "days", "Days", { options: [["", "3"], "1", "7", "14"] }), field(query, "country", "Country", { size: 4, pattern: "[A-Za-z]{3}" }), flags(query, { dense: "one line each" }), h("button", {}, "Ask"));
  const shift = (by) => { const url = new URL(location.href), day = new Date(`${found.until}T00:00:00Z`); day.setUTCDate(day.getUTCDate() + by); url.searchParams.set("until", day.toISOString().slice(0, 10)); return url.pathname + url.search; };
  const head = h("header", { class: "head" }, h("h1", {}, found.until ? `Up to ${found.until}` : "Today"),
    found.until && h("p", { class: "quiet" }, h("a", { href: shift(-1), rel: "prev" }, "◂ day before"), " · ", h("a", { href: shift(1), rel: "next" }, "day after ▸"), ` · ${number(found.stories)} stories from ${found.since} on, ${number(found.total)} events as their reports tell them`));
  if (!found.items.length) return { title: "Today", body: [head, form, empty(found.until ? "No event in these days." : "The record is empty: fill it with `diurna code FILE --store RECORD`.", h("a", { href: "/today" }, "The newest days"))] };
  return { title: "Today", body: [head, form, h("ol", { class: `news${query.get("dense") === "true" ? " dense" : ""}` }, found.items.map(item))] };
}

function item(t) {
  const first = t.members[0];
  const why = `weight ${t.weight.toFixed(2)} = force ${t.force.toFixed(2)} × spread ${t.spread.toFixed(2)} × novelty ${t.novelty.toFixed(2)}; ${t.before} such acts of these parties in the 90 days before`;
  const bar = h("i", { class: "weight", "aria-hidden": "true" });
  bar.style.setProperty("--share", String(Math.min(1, t.weight)));
  return h("li", { class: `m-${t.modality}`, "data-row": t.id },
    h("div", { class: "line" }, h("span", { title: why, class: "rank" }, bar, h("span", { class: "unseen" }, why)), quadMark(t.quad), " ", h("strong", {}, t.type), t.modality !== "actual" && h("span", { class: "badge" }, t.modality),
      h("span", { class: "who" }, parties(t.actors), t.recipients.length ? " → " : "", t.recipients.length ? parties(t.recipients) : ""), h("span", { class: "quiet" }, days(t.from, t.to), t.place && ` · ${t.place}`), t.before === 0 && h("span", { class: "badge new" }, "new")),
    h("p", { class: "lead" }, h("a", { href: `/story/${first.story}?event=${first.event}` }, first.text)),
    h("p", { class: "quiet" }, `${number(t.sources)} independent ${t.sources === 1 ? "source" : "sources"}`, t.claimants.length ? [" · according to ", t.claimants.join(", ")] : " · told as the report's own"),
    t.members.length > 1 && h("details", {}, h("summary", {}, `${number(t.members.length)} mentions`), h("ul", {}, t.members.map((m) => h("li", {}, h("a", { href: `/story/${m.story}?event=${m.event}` }, m.text), h("span", { class: "quiet" }, ` ${[m.source, m.published].filter(Boolean).join(" · ")}`, m.because.length > 0 && ` · ${m.because.join("; ")}`))))));
}
