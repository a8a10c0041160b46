// Sources: what each gave, how fresh it is; and how well each country is covered.

import { get, pageOf } from "/api.js";
import { empty, h, number, table } from "/dom.js";
import { forms } from "/questions.js";

export async function view({ signal }) {
  const [found, countries] = await Promise.all([get("sources", null, signal), get("countries", null, signal)]);
  const head = h("header", { class: "head" }, h("h1", {}, "Sources"), forms("sources", new URLSearchParams(), null, ["csv"]), h("p", { class: "quiet" }, `${number(found.items.length)} sources`));
  if (!found.items.length) return { title: "Sources", body: [head, empty("The record is empty: fill it with `diurna code FILE --store RECORD` or `diurna watch`.")] };
  return { title: "Sources", body: [head, h("div", { class: "halves" }, h("section", {}, h("h2", {}, "What each gave"), table("Sources", [
    ["source", (r) => (r.source ? h("a", { href: `/stories?${new URLSearchParams({ source: r.source.slice(0, 200) })}`, "data-row": r.source }, r.source) : "not named")], ["stories", (r) => number(r.stories), "num"],
    ["copies", (r) => number(r.copies), "num"], ["events", (r) => number(r.events), "num"], ["a story", (r) => number(r.mean, 1), "num"], ["first", (r) => r.first ?? "–"], ["last", (r) => r.last ?? "–"],
    ["behind", (r) => (r.days === null ? "–" : r.days === 0 ? "up to date" : `${number(r.days)} d`), "num"]], found.items)),
  h("section", {}, h("h2", {}, "Coverage by country"), table("Countries", [
    ["country", (c) => h("a", { href: `/country/${c.code}` }, c.name ?? c.code)], ["acts", (c) => h("a", { href: pageOf(c.events) }, number(c.done + c.suffered)), "num"], ["last", (c) => c.last]], countries.items))),
  ] };
}
