// Events: any question to the record, as a list.

import { actList } from "/acts.js";
import { h } from "/dom.js";
import { field, flags, forms } from "/questions.js";

const TYPES = "AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT REQUEST ACCUSE REJECT THREATEN PROTEST SANCTION MOBILIZE COERCE ASSAULT".split(" ");

export async function view({ query, signal }) {
  const asked = new URLSearchParams([...query].filter(([name]) => !["embed", "theme"].includes(name)));
  const { total, body } = await actList(asked, signal);
  const form = h("form", { "data-ask": true, class: "controls", "aria-label": "Question" },
    field(query, "q", "Words", { size: 12 }), field(query, "dyad", "Dyad", { size: 8, pattern: "[A-Za-z]{3}-[A-Za-z]{3}", placeholder: "RUS-UKR" }), field(query, "country", "Country", { size: 4, pattern: "[A-Za-z]{3}" }),
    field(query, "type", "Type", { options: ["", ...TYPES] }), field(query, "quad", "Quad", { options: ["", "VC", "MC", "VX", "MX"] }),
    field(query, "modality", "Told as", { options: ["", "actual", "historical", "future", "hypothetical", "negated"] }),
    field(query, "claimant", "According to", { size: 10 }), field(query, "place", "Place", { size: 10 }), field(query, "since", "From", { type: "date" }), field(query, "until", "To", { type: "date" }),
    flags(query, { counted: "as measures count", both: "either way" }), h("button", {}, "Ask"));
  return { title: "Events", body: [h("header", { class: "head" }, h("h1", {}, "Events"), forms("events", new URLSearchParams([...asked].filter(([n]) => !["cursor", "limit"].includes(n)).concat([["all", "true"]])), total, ["csv", "geojson", "parquet"])), form, body] };
}
