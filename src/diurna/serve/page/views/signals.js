// Signals: what rules saw, with the sentences they rest on.

import { get } from "/api.js";
import { empty, h, number } from "/dom.js";
import { field, forms } from "/questions.js";

export async function view({ query, signal }) {
  const asked = new URLSearchParams([...query].filter(([name, value]) => ["rule", "kind", "since", "limit", "cursor"].includes(name) && value !== ""));
  const found = await get("signals", asked, signal);
  const form = h("form", { "data-ask": true, class: "controls", "aria-label": "What is shown" }, field(query, "rule", "Rule", { size: 20 }),
    field(query, "kind", "Kind", { options: ["", "match", "threshold", "change", "novelty"] }), field(query, "since", "Made from", { type: "date" }), h("button", {}, "Ask"));
  const head = h("header", { class: "head" }, h("h1", {}, "Signals"), h("p", { class: "quiet" }, `${number(found.total)} signals · as of ${found.as_of}`), forms("signals", asked, found.total, ["csv"]));
  if (!found.items.length) return { title: "Signals", body: [head, form, empty("No rule has made a signal that fits this: write rules and run `diurna signal check RULES.toml --store RECORD`.")] };
  const next = new URLSearchParams(asked);
  next.set("cursor", found.next ?? "");
  return { title: "Signals", body: [head, form, h("section", { "aria-label": "Signals" }, found.items.map(shown)), found.next && h("p", {}, h("a", { href: `/signals?${next}` }, "Older signals"))] };
}

function shown(item) {
  const sources = `${number(item.sources)} independent source${item.sources === 1 ? "" : "s"}`;
  return h("article", { class: "record" },
    h("h2", {}, item.title),
    h("p", { class: "quiet" }, h("a", { href: `/signals?${new URLSearchParams({ rule: item.rule })}`, "data-row": item.id }, item.rule), ` · ${item.kind} · ${item.on} · ${sources}`, item.claimants.length > 0 && ` · according to ${item.claimants.join(", ")}`),
    item.about && h("p", {}, item.about),
    h("ul", {}, item.evidence.map((e) => h("li", {}, h("a", { href: `/story/${e.story}?event=${e.event}` }, e.sentence), h("span", { class: "quiet" }, ` ${[e.source, e.published, e.claimant].filter(Boolean).join(" · ")} · ${e.type} ${e.modality}`)))),
    item.events.length > item.evidence.length && h("p", { class: "quiet" }, `and ${number(item.events.length - item.evidence.length)} more events`));
}
