// Country: what it does and suffers, with whom, and who claims what of it.

import { quadMark } from "/acts.js";
import { get, pageOf } from "/api.js";
import { empty, h, number, table } from "/dom.js";
import { foresight } from "/foresight.js";
import { counting, forms } from "/questions.js";

const PASSED = ["since", "until", "hypothetical", "confirmed", "min_confidence"];

export async function view({ rest, query, signal }) {
  const asked = new URLSearchParams([...query].filter(([name, value]) => PASSED.includes(name) && value !== ""));
  const form = h("form", { "data-ask": true, class: "controls", "aria-label": "What is shown" }, counting(query), h("button", {}, "Ask"));
  if (!rest[0]) return list(asked, form, signal);
  const code = rest[0].toUpperCase();
  const [account, claims] = await Promise.all([get(`countries/${encodeURIComponent(code)}`, asked, signal), get("claims", new URLSearchParams([...asked, ["actor", code], ["limit", "30"]]), signal)]);
  const text = asked.toString(), most = Math.max(1, ...account.entries.map((e) => Math.max(e.done, e.suffered)));
  const head = h("header", { class: "head" }, h("h1", {}, account.name ?? code, " ", h("span", { class: "code" }, code)),
    h("p", { class: "quiet" }, h("a", { href: `/events?country=${code}` }, "all events"), " · ", h("a", { href: `/dyad?country=${code}` }, "dyads")));
  if (!account.entries.length) return { title: code, body: [head, form, empty("The record counts no act of or towards it.")] };
  const bar = (value, kind) => { const i = h("i", { class: `bar ${kind}`, "aria-hidden": "true" }); i.style.setProperty("--share", String(value / most)); return i; };
  return { title: account.name ?? code, body: [head, form, h("div", { class: "halves" },
    h("section", {}, h("h2", {}, "What it does and suffers"), table("Acts by type", [
      ["quad", (e) => quadMark(e.quad)], ["type", (e) => h("a", { href: pageOf(e.events), "data-row": e.type }, e.type)], ["done", (e) => [bar(e.done, e.quad), number(e.done)], "num"], ["suffered", (e) => [bar(e.suffered, e.quad), number(e.suffered)], "num"]], account.entries)),
    h("section", {}, h("h2", {}, "With whom"), account.partners.length ? table("Partners", [
      ["country", (p) => h("a", { href: `/country/${p.code}` }, p.name ?? p.code)], ["to them", (p) => h("a", { href: `/dyad/${code}-${p.code}?${asked.size ? `${text}&` : ""}oneway=true` }, number(p.outward)), "num"],
      ["from them", (p) => h("a", { href: `/dyad/${p.code}-${code}?${asked.size ? `${text}&` : ""}oneway=true` }, number(p.inward)), "num"], ["mean score", (p) => number(p.mean, 1), "num"]], account.partners) : empty("No act between it and another country."))),
    foresight({ kind: "country", country: code }, query, signal),
    h("section", {}, h("h2", {}, "Who claims what of it"), claims.items.length ? table("Claims", [
      ["claimant", (c) => [c.claimant, c.claimant_country && h("span", { class: "code" }, ` ${c.claimant_country}`)]], ["acts of", (c) => c.quad && quadMark(c.quad)], ["told", (c) => number(c.told), "num"], ["denied", (c) => number(c.denied), "num"], ["possible", (c) => number(c.open), "num"],
      ["open", (c) => h("a", { href: `/events?${new URLSearchParams({ country: code, claimant: c.claimant.slice(0, 200) })}` }, "events")]], claims.items) : empty("No report credits a claim about it."))] };
}

async function list(asked, form, signal) {
  const found = await get("countries", asked, signal), text = asked.toString();
  const body = found.items.length
    ? table("Countries", [["country", (c) => h("a", { href: `/country/${c.code}${text ? `?${text}` : ""}`, "data-row": c.code }, c.name ?? c.code)], ["code", (c) => c.code],
      ["done", (c) => h("a", { href: pageOf(c.events) }, number(c.done)), "num"], ["suffered", (c) => h("a", { href: pageOf(c.events) }, number(c.suffered)), "num"], ["mean of done", (c) => number(c.mean_done, 1), "num"], ["mean of suffered", (c) => number(c.mean_suffered, 1), "num"], ["last", (c) => c.last]], found.items)
    : empty("The record counts no country's act.");
  return { title: "Countries", body: [h("header", { class: "head" }, h("h1", {}, "Countries"), forms("countries", asked, found.items.length, ["csv"])), form, body] };
}
