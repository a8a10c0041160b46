// Fields whose values stand in the address.

import { h } from "/dom.js";

/** Make a labelled field of the query. */
export function field(query, name, label, { options, ...facts } = {}) {
  const value = query.get(name) ?? "";
  const input = options
    ? h("select", { name }, options.map((o) => { const [key, words] = Array.isArray(o) ? o : [o, o || "any"]; return h("option", { value: key, selected: key === value }, words); }))
    : h("input", { type: "text", name, autocomplete: "off", ...facts, value });
  return h("label", {}, `${label} `, input);
}

/** Make boxes to tick. */
export const flags = (query, names) => Object.entries(names).map(([name, words]) => h("label", { class: "flag" }, h("input", { type: "checkbox", name, value: "true", checked: query.get(name) === "true" }), ` ${words}`));

/** Link to the same answer in other forms. */
export function forms(view, query, total, kinds, path = (kind) => `/api/v1/${view}.${kind}`) {
  const text = query.toString();
  return h("p", { class: "quiet" }, total !== null && [`${total.toLocaleString("en-GB")} · `], kinds.map((kind) => [h("a", { href: `${path(kind)}${text ? `?${text}` : ""}`, download: true }, kind.toUpperCase()), " "]));
}

/** The fields that say what counts, shared by all measures. */
export const counting = (query) => [
  field(query, "since", "From", { type: "date" }), field(query, "until", "To", { type: "date" }),
  flags(query, { hypothetical: "count the possible too", confirmed: "without mere claims" }),
  field(query, "min_confidence", "Sure at least", { options: [["", "any"], "0.5", "0.7", "0.9"] }),
];
