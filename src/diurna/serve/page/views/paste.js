// Paste: text in, records live.

import { post } from "/api.js";
import { fill, h } from "/dom.js";
import { reading } from "/reading.js";

const EXAMPLE = "OSLO — Norway's foreign minister held talks with her Icelandic counterpart in Oslo on Tuesday, a day after Russia expelled two Norwegian diplomats. Police detained at least 12 demonstrators, according to the rights group Sever.";
const KEPT = "diurna-paste";
const PAUSE = 600; // milliseconds without a key

export async function view({ query, signal }) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") ?? { text: query.get("text") ?? "", published: query.get("published") ?? "" };
  const text = h("textarea", { id: "paste-text", rows: "9", maxlength: "50000", placeholder: "Paste a report here", spellcheck: "false", value: kept.text });
  const day = h("input", { type: "date", id: "paste-day", value: kept.published });
  const note = h("p", { class: "quiet", role: "status" }), out = h("div", {});
  let asked = new AbortController(), timer = 0, sent = "";
  signal.addEventListener("abort", () => { asked.abort(); clearTimeout(timer); });

  const code = async () => {
    const words = text.value, mark = `${day.value}\n${words}`;
    if (mark === sent) return;
    asked.abort();
    asked = new AbortController();
    sent = mark;
    sessionStorage.setItem(KEPT, JSON.stringify({ text: words, published: day.value }));
    if (!words.trim()) { fill(out); note.textContent = "Nothing is kept: the text is read, shown, and forgotten."; return; }
    note.textContent = "Reading …";
    const began = performance.now();
    try {
      const { coded, reject } = await post("code", { text: words, ...(day.value ? { published: day.value } : {}) }, asked.signal);
      if (reject) { fill(out); note.textContent = `${reject.message} (${reject.code})`; return; }
      fill(out, reading(coded).root);
      note.textContent = `${coded.events.length} events in ${Math.round(performance.now() - began)} ms. Nothing is kept.`;
    } catch (error) {
      if (error.name === "AbortError") return;
      sent = "";
      note.textContent = `${error.message} (${error.code})`;
    }
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(code, PAUSE); };
  text.addEventListener("input", later);
  day.addEventListener("input", later);
  const example = h("button", { type: "button", onclick: () => { text.value = EXAMPLE; day.value = "2019-02-12"; code(); } }, "An example");
  const clear = h("button", { type: "button", onclick: () => { text.value = ""; code(); text.focus(); } }, "Clear");
  const body = [
    h("header", { class: "head" }, h("h1", {}, "Paste"), note),
    h("form", { class: "paste", onsubmit: (event) => { event.preventDefault(); sent = ""; code(); } },
      h("label", { for: "paste-text" }, "Report"), text,
      h("div", { class: "controls" }, h("label", {}, "Published ", day), h("button", {}, "Code"), example, clear)),
    out,
  ];
  return { title: "Paste", body, ready: () => code() };
}
