// Forecasts: what a month may bring, by whom that is said, and what they are measured against.

import { get } from "/api.js";
import { fill, h, number, percent } from "/dom.js";

const COUNTED = ["hypothetical", "confirmed"];

/** Keep the parts of a question that forecasts know. */
export const known = (query) => new URLSearchParams([...query].filter(([name, value]) => COUNTED.includes(name) && value === "true"));

/** Write a chance: the forecast and its baseline, or the baseline alone where nothing beats it. */
export const chance = (f) => (f.chance === null ? `no forecast; ${f.chance_baseline} ${percent(f.baseline_chance)}` : f.chance_by === f.chance_baseline ? `${percent(f.chance)} (${f.chance_by})` : `${percent(f.chance)} (${f.chance_by}; ${f.chance_baseline} ${percent(f.baseline_chance)})`);

/** Write a number of acts, with its interval. */
export const acts = (f) => (f.mean === null ? `no forecast; ${f.count_baseline} ${number(f.baseline_mean, 1)}` : `${number(f.mean, 1)}, with 90% between ${number(f.low)} and ${number(f.high)} (${f.count_by}${f.count_by === f.count_baseline ? "" : `; ${f.count_baseline} ${number(f.baseline_mean, 1)}`})`);

/** Make a section that tells the forecast of a dyad or a country once it is known. */
export function foresight(facts, query, signal) {
  const asked = known(query), text = asked.toString();
  for (const [name, value] of Object.entries(facts)) asked.set(name, value);
  const told = h("div", {}, h("p", { class: "quiet" }, "Working it out …"));
  get("forecasts", asked, signal).then(({ items: [one] }) => fill(told, one ? [
    h("dl", { class: "keys" }, h("dt", {}, "any"), h("dd", {}, chance(one)), h("dt", {}, "acts"), h("dd", {}, acts(one))),
    h("p", { class: "quiet" }, [...new Set([one.chance_note, one.count_note])].join(" · "), `. In ${one.month.slice(0, 7)}, of the whole record. `, h("a", { href: `/forecast?${text}` }, "How well forecasts do"))]
    : h("p", { class: "quiet" }, "The record tells of no act of it in a month that is over."))).catch((error) => {
    if (error.name !== "AbortError") fill(told, h("p", { class: "error", role: "alert" }, error.message));
  });
  return h("section", { "aria-label": "Forecast" }, h("h2", {}, "Material conflict next month"), told);
}
