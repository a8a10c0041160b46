// Map: acts where the place is known, countries shaded by acts in them, borders as one chooses to have them.

import { go } from "/app.js";
import { get, pageOf } from "/api.js";
import { empty, h, number, s, table } from "/dom.js";
import { saving } from "/export.js";
import { counting, field, forms } from "/questions.js";

const PASSED = ["since", "until", "hypothetical", "confirmed", "min_confidence", "quad", "borders", "land"];
const DRAWN = 500; // places, those with most acts

export async function view({ query, signal }) {
  const asked = new URLSearchParams([...query].filter(([name, value]) => PASSED.includes(name) && value !== ""));
  if (query.get("country") && !asked.has("land")) asked.set("land", query.get("country"));
  const borders = asked.get("borders") || "held";
  const [land, areas, found] = await Promise.all([get("/borders.json", null, signal), get("borders", { borders }, signal), get("places", new URLSearchParams([...asked, ["limit", String(DRAWN)]]), signal)]);
  const head = h("header", { class: "head" }, h("h1", {}, "Map"), forms("places", asked, null, ["csv", "geojson", "parquet"]),
    h("p", { class: "quiet" }, `${number(found.acts)} acts at ${number(found.total)} places${found.total > DRAWN ? `, the ${DRAWN} with most acts drawn` : ""}`));
  const form = h("form", { "data-ask": true, class: "controls", "aria-label": "What is shown" }, field(query, "borders", "Borders", { options: areas.views.map((v) => [v.id === "held" ? "" : v.id, v.name]) }), field(query, "land", "Places of", { size: 4, pattern: "[A-Za-z]{3}|open" }), field(query, "quad", "Quad", { options: ["", "VC", "MC", "VX", "MX"] }), counting(query), h("button", {}, "Ask"));
  const chosen = areas.views.find((v) => v.id === borders);
  const note = h("section", {}, h("h2", {}, "Disputed areas"), table("Disputed areas and whom they count for", [
    ["area", (a) => a.name], ["counts for", (a) => (a.counts_for ? h("strong", {}, a.counts_for) : "left open")], ["held by", (a) => a.held], ["claimed by", (a) => a.claims.join(", ")], ["United Nations", (a) => a.un ?? "left open"], ["rests on", (a) => a.why]], areas.areas),
  h("p", { class: "quiet" }, `Borders ${chosen.name}. Lines: Natural Earth 1:110m; outlines of disputed areas are schematic. The choice moves shading and counts; records keep the country that they name.`));
  if (!found.items.length && !found.countries.length) return { title: "Map", body: [head, form, empty("No act that fits this has a place."), note] };
  const drawing = drawn(land, areas.areas, found);
  return { title: "Map", body: [head, form, h("figure", {}, drawing, h("figcaption", {}, saving(`map-${borders}`, () => drawing, `/api/v1/places.csv?${asked}`))), h("div", { class: "halves" },
    h("section", {}, h("h2", {}, "Places"), found.items.length ? table("Places", [["place", (p) => h("a", { href: pageOf(p.events), "data-row": p.name }, p.name)], ["country", (p) => [p.country ?? "left open", p.country !== p.recorded && p.recorded && h("span", { class: "quiet" }, ` (recorded as ${p.recorded})`)]], ["acts", (p) => number(p.count), "num"]], found.items.slice(0, 200)) : empty("None.")),
    h("section", {}, h("h2", {}, "Countries"), table("Countries", [["country", (c) => h("a", { href: pageOf(c.events) }, c.name ?? c.code ?? "left open")], ["acts", (c) => number(c.count), "num"], ["no nearer place known", (c) => number(c.alone), "num"]], found.countries))), note] };
}

function drawn(land, areas, found) {
  const count = new Map(found.countries.map((c) => [c.code, c])), most = Math.max(1, ...found.countries.filter((c) => c.code).map((c) => c.count));
  const shade = (code) => (count.has(code) ? (0.15 + 0.6 * Math.sqrt(count.get(code).count / most)).toFixed(2) : null), words = (code) => (count.has(code) ? `${count.get(code).name ?? code}: ${number(count.get(code).count)} acts` : code);
  const own = new Map(areas.filter((a) => a.land).map((a) => [a.land, a]));
  const piece = (code, d) => {
    const area = own.get(code), whose = area ? area.counts_for : code, open = area && whose === null;
    const facts = { d, class: `land${area ? " disputed" : ""}${open ? " open" : count.has(whose) ? " some" : ""}`, "fill-opacity": open ? null : shade(whose), "data-land": code, "data-counts-for": whose ?? "open" };
    return s("path", facts, s("title", {}, area ? `${area.name}, disputed: ${open ? "left open" : `counts for ${words(whose)}`}` : words(code)));
  };
  const outlines = areas.filter((a) => !a.land).map((a) => {
    const open = a.counts_for === null, d = `M${a.outline.map(([lon, lat]) => `${lon} ${(-lat).toFixed(2)}`).join("L")}Z`;
    return [s("path", { d, class: "land" }), s("path", { d, class: `land disputed${open ? " open" : count.has(a.counts_for) ? " some" : ""}`, "fill-opacity": open ? null : shade(a.counts_for), "data-land": a.id, "data-counts-for": a.counts_for ?? "open" }, s("title", {}, `${a.name}, disputed: ${open ? "left open" : `counts for ${words(a.counts_for)}`}`))];
  });
  const dots = found.items.map((p) => {
    const quad = ["MX", "VX", "MC", "VC"].reduce((best, q) => (p.quads[q] > p.quads[best] ? q : best));
    return s("circle", { cx: p.lon.toFixed(2), cy: (-p.lat).toFixed(2), r: (0.7 + 2.6 * Math.sqrt(p.count / found.items[0].count)).toFixed(2), class: `dot ${quad}`, onclick: () => go(pageOf(p.events)) }, s("title", {}, `${p.name}: ${number(p.count)} acts`));
  });
  const hatch = s("defs", {}, s("pattern", { id: "open-land", width: 1, height: 1, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, s("rect", { width: 0.4, height: 1, class: "hatch" })));
  return s("svg", { class: "world", viewBox: "-180 -84 360 142", role: "img", "aria-label": "Map of acts; the tables below say the same" }, hatch, Object.entries(land).map(([code, d]) => piece(code, d)), outlines, dots);
}
