// Review: confirm or reject records by keyboard, the least sure first. Writing asks for a key.

import { lit, parties, quadMark } from "/acts.js";
import { get, heldKey, holdKey, post } from "/api.js";
import { days, empty, fill, h, meter, number } from "/dom.js";
import { field } from "/questions.js";

const VERDICTS = { y: "confirm", n: "reject" };

export async function view({ query, signal }) {
  const asked = new URLSearchParams([...query].filter(([name, value]) => ["country", "type", "since", "until", "q"].includes(name) && value !== ""));
  const [page, done] = await Promise.all([get("events", new URLSearchParams([...asked, ["limit", "200"]]), signal), get("reviews", { limit: 1000 }, signal)]);
  const seen = new Set(done.items.map((r) => r.event));
  const queue = page.items.filter((e) => !seen.has(e.id) && !e.copy).sort((a, b) => a.confidence - b.confidence);
  const note = h("p", { role: "status", class: "quiet" }), card = h("section", { class: "review", "aria-label": "Record to review", tabindex: "-1" });
  const key = h("input", { type: "password", name: "held", autocomplete: "off", size: 20 });
  const holder = h("form", { class: "controls", onsubmit: (event) => { event.preventDefault(); holdKey(key.value); key.value = ""; note.textContent = heldKey() ? "The key is held until this tab closes." : "No key is held."; card.focus(); } }, h("label", {}, "Key with the scope “review” ", key), h("button", {}, heldKey() ? "Change" : "Hold"));
  let at = 0, busy = false;
  const show = async () => {
    if (at >= queue.length) { fill(card, empty("Nothing is left to review here.")); return; }
    const { event, sentence, story } = await get(`events/${queue[at].id}`, null, signal);
    fill(card, h("h2", {}, `${number(at + 1)} of ${number(queue.length)}: `, quadMark(event.quad), ` ${event.type} ${event.mode ?? ""}`), h("blockquote", {}, lit(sentence, event)),
      h("p", {}, parties(event.actors), " → ", parties(event.recipients), ` · ${event.modality} · `, event.when ? days(event.when.from, event.when.to) : "no day", event.where && ` · ${event.where.name ?? event.where.text}`, event.attributed_to && ` · per ${event.attributed_to.name ?? event.attributed_to.text}`),
      h("p", { class: "meters" }, ["event", "type", "parties"].map((name) => meter(name, event.confidence?.[name]))), h("p", { class: "quiet" }, h("a", { href: `/story/${event.story}?event=${event.id}` }, story.title || "its story")));
  };
  const judge = async (verdict) => {
    const event = queue[at]?.id;
    if (!event || busy) return;
    busy = true;
    try {
      if (verdict) { await post("reviews", { event, verdict }, signal); note.textContent = `${verdict === "confirm" ? "confirmed" : "rejected"}: ${queue[at].type}.`; }
      at += 1;
      await show();
    } catch (error) {
      if (error.name !== "AbortError") note.textContent = `${error.message} (${error.code})`;
    } finally {
      busy = false;
    }
  };
  const keys = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
    if (event.key in VERDICTS) judge(VERDICTS[event.key]);
    else if (event.key === " " && !event.target.closest("button, a")) { event.preventDefault(); judge(null); }
  };
  document.addEventListener("keydown", keys);
  signal.addEventListener("abort", () => document.removeEventListener("keydown", keys));
  await show();
  const buttons = h("p", {}, h("button", { type: "button", onclick: () => judge("confirm") }, "Confirm ", h("kbd", {}, "y")), " ", h("button", { type: "button", onclick: () => judge("reject") }, "Reject ", h("kbd", {}, "n")), " ", h("button", { type: "button", onclick: () => judge(null) }, "Skip ", h("kbd", {}, "space")));
  const form = h("form", { "data-ask": true, class: "controls", "aria-label": "What is reviewed" }, field(query, "country", "Country", { size: 4, pattern: "[A-Za-z]{3}" }), field(query, "q", "Words", { size: 12 }), field(query, "since", "From", { type: "date" }), h("button", {}, "Ask"));
  return { title: "Review", body: [h("header", { class: "head" }, h("h1", {}, "Review"), h("p", { class: "quiet" }, `the least sure of the newest 200 events first · reviews so far: ${number(done.total)}`)), form, holder, card, buttons, note] };
}
