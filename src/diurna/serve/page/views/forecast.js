// Forecasts: where conflict is likeliest next month, and how each forecaster did on the months gone by.

import { get, pageOf } from "/api.js";
import { empty, h, number, table } from "/dom.js";
import { acts, chance, known } from "/foresight.js";
import { field, flags, forms } from "/questions.js";

const KINDS = { dyad: "dyads", country: "countries" };

export async function view({ query, signal }) {
  const asked = known(query), kind = query.get("kind") === "country" ? "country" : "dyad";
  asked.set("kind", kind);
  const [found, tested] = await Promise.all([get("forecasts", asked, signal), get("forecasts/backtest", asked, signal)]);
  const form = h("form", { "data-ask": true, class: "controls", "aria-label": "What is shown" }, field(query, "kind", "Of", { options: [["", "dyads"], ["country", "countries"]] }), flags(query, { hypothetical: "count the possible too", confirmed: "without mere claims" }), h("button", {}, "Ask"));
  const head = h("header", { class: "head" }, h("h1", {}, "Forecasts"), forms("forecasts", asked, found.total, ["csv", "parquet"]));
  if (!found.items.length) return { title: "Forecasts", body: [head, form, empty("The record holds no month that is over.")] };
  const reasons = tested.verdicts.filter((v) => v.group !== "all").map((v) => h("li", {}, `${KINDS[v.kind]}, ${v.group}, ${v.target === "chance" ? "chance of any" : "number of acts"}: ${v.reason}`));
  return { title: "Forecasts", body: [head, form, h("h2", {}, `Material conflict in ${found.items[0].month.slice(0, 7)}`), table("Forecasts", [
    [kind, (f) => h("a", { href: `/${kind}/${f.unit}`, "data-row": f.unit }, f.unit.replace("-", " ⇄ "))],
    ["last months", (f) => f.observed.map((o) => [h("a", { href: pageOf(o.events), title: o.month }, number(o.count)), " "]), "num"],
    ["chance of any", chance], ["acts", acts], ["of late", (f) => f.group]], found.items), ...backtest(tested, asked), h("ul", { class: "notes" }, reasons)] };
}

function backtest(tested, asked) {
  const over = (r, target) => (r[`${target}_skill`] === null ? "–" : `${number(r[`${target}_skill`], 3)} (${number(r[`${target}_low`], 3)} to ${number(r[`${target}_high`], 3)}) over ${r[`${target}_reference`]}`);
  const span = tested.first ? `Forecasts of ${tested.first.slice(0, 7)} to ${tested.last.slice(0, 7)}, each from the months before it alone; 0 is the best score, and skill above 0 beats the reference.` : "No month could be tested.";
  return [h("h2", {}, "How well they did"), h("p", { class: "quiet" }, span), tested.rows.length > 0 && [forms("forecasts/backtest", asked, null, ["csv", "parquet"]), table("Backtest", [
    ["of late", (r) => r.group], ["forecaster", (r) => r.forecaster], ["forecasts", (r) => number(r.n), "num"], ["with conflict", (r) => number(r.happened), "num"], ["Brier", (r) => number(r.brier, 4), "num"], ["log", (r) => number(r.log, 3), "num"],
    ["skill, Brier", (r) => over(r, "chance")], ["CRPS", (r) => number(r.crps, 3), "num"], ["skill, CRPS", (r) => over(r, "count")]], tested.rows)]];
}
