// Map: acts where the place is known, countries shaded by how many are known to the country only.

import { go } from "/app.js";
import { get } from "/api.js";
import { empty, h, number, s, table } from "/dom.js";
import { counting, field, forms } from "/questions.js";

const PASSED = ["since", "until", "hypothetical", "confirmed", "min_confidence", "type", "quad", "country"];
const MOST = 1000; // events drawn, the newest
const CODE = { "verbal cooperation": "VC", "material cooperation": "MC", "verbal conflict": "VX", "material conflict": "MX" };

export async function view({ query, signal }) {
  const asked = new URLSearchParams([...query].filter(([name, value]) => PASSED.includes(name) && value !== ""));
  const [borders, page] = await Promise.all([get("/borders.json", null, signal), get("events", new URLSearchParams([...asked, ["counted", "true"], ["limit", String(MOST)]]), signal)]);
  const spots = new Map(), lands = new Map();
  for (const e of page.items) {
    if (!e.place) continue;
    if (e.place.lat !== null && e.place.lon !== null && e.place.name) {
      const key = `${e.place.lat},${e.place.lon}`, spot = spots.get(key) ?? { ...e.place, events: [] };
      spot.events.push(e);
      spots.set(key, spot);
    } else if (e.place.country) lands.set(e.place.country, (lands.get(e.place.country) ?? 0) + 1);
  }
  const list = [...spots.values()].sort((a, b) => b.events.length - a.events.length);
  const to = (words) => `/events?${new URLSearchParams([...asked, ["counted", "true"], ["place", words.slice(0, 200)]])}`;
  const head = h("header", { class: "head" }, h("h1", {}, "Map"), forms("events", new URLSearchParams([...asked, ["counted", "true"]]), null, ["geojson"]),
    h("p", { class: "quiet" }, `${number(list.reduce((all, p) => all + p.events.length, 0))} acts at ${number(list.length)} places, out of the newest ${number(page.items.length)} of ${number(page.total)} · as of ${page.as_of}`));
  const form = h("form", { "data-ask": true, class: "controls", "aria-label": "What is shown" }, field(query, "country", "Country", { size: 4, pattern: "[A-Za-z]{3}" }), field(query, "quad", "Quad", { options: ["", "VC", "MC", "VX", "MX"] }), counting(query), h("button", {}, "Ask"));
  if (!list.length && !lands.size) return { title: "Map", body: [head, form, empty("No act that fits this has a place.")] };
  return { title: "Map", body: [head, form, drawn(borders, list, lands, to), h("div", { class: "halves" },
    h("section", {}, h("h2", {}, "Places"), list.length ? table("Places", [["place", (p) => h("a", { href: to(p.name), "data-row": p.name }, p.name)], ["country", (p) => p.country ?? "–"], ["acts", (p) => number(p.events.length), "num"]], list.slice(0, 200)) : empty("None.")),
    h("section", {}, h("h2", {}, "Known to the country only"), lands.size ? table("Countries", [["country", ([code]) => h("a", { href: to(code) }, code)], ["acts", ([, n]) => number(n), "num"]], [...lands].sort((a, b) => b[1] - a[1])) : empty("None."))),
    h("p", { class: "quiet" }, "Borders: Natural Earth 1:110m, as they are held and not as they are claimed.")] };
}

function drawn(borders, list, lands, to) {
  const most = Math.max(1, ...lands.values()), shade = (code) => (lands.has(code) ? (0.2 + 0.6 * (lands.get(code) / most)).toFixed(2) : null);
  const land = Object.entries(borders).map(([code, d]) => s("path", { d, class: lands.has(code) ? "land some" : "land", "fill-opacity": shade(code) }, s("title", {}, lands.has(code) ? `${code}: ${lands.get(code)} acts in the country` : code)));
  const dots = list.slice(0, 400).map((p) => {
    const quads = p.events.map((e) => CODE[e.quad]), most_ = ["MX", "VX", "MC", "VC"].sort((a, b) => quads.filter((q) => q === b).length - quads.filter((q) => q === a).length)[0];
    return s("circle", { cx: p.lon.toFixed(2), cy: (-p.lat).toFixed(2), r: (0.9 + 0.9 * Math.sqrt(p.events.length)).toFixed(2), class: `dot ${most_}`, onclick: () => go(to(p.name)) }, s("title", {}, `${p.name}: ${p.events.length} acts`));
  });
  return s("svg", { class: "world", viewBox: "-180 -84 360 142", role: "img", "aria-label": "Map of acts; the tables below say the same" }, land, dots);
}
