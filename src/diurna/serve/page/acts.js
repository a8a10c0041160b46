// How an event is shown in a row, and lists of events.

import { get } from "/api.js";
import { days, empty, fill, h, number, percent } from "/dom.js";

export const QUADS = { VC: "verbal cooperation", MC: "material cooperation", VX: "verbal conflict", MX: "material conflict" };
const SHORT = Object.fromEntries(Object.entries(QUADS).map(([code, words]) => [words, code]));

/** Show a quad as a mark of its own shape and colour. */
export function quadMark(quad) {
  const code = QUADS[quad] ? quad : SHORT[quad];
  return h("span", { class: `quad ${code ?? "none"}`, title: QUADS[code] ?? quad ?? "" }, code ?? "–");
}

/** Name a party with its country and sector. */
export function party(p) {
  const codes = [p.country, p.sector].filter(Boolean).join(" ");
  return h("span", { class: "party" }, p.name || p.text || "?", " ", p.country ? h("a", { class: "code", href: `/country/${p.country}` }, codes) : h("span", { class: "code" }, codes || "?"));
}

export const parties = (list) => (list?.length ? list.map((p, i) => [i ? ", " : "", party(p)]) : h("span", { class: "quiet" }, "–"));

/** Show an event as a row; its sentence opens beneath it. */
export function actRow(act) {
  const below = h("div", { class: "below", hidden: true });
  const opener = h("button", { type: "button", class: "opener", "aria-expanded": "false", title: "Show its sentence", onclick: () => unfold(act, opener, below) },
    quadMark(act.quad), " ", h("strong", {}, act.type), act.mode && ` ${act.mode}`);
  return h("li", { class: `act m-${act.modality}`, "data-row": act.id },
    h("div", { class: "line" }, opener, act.modality !== "actual" && h("span", { class: "badge" }, act.modality),
      h("span", { class: "who" }, parties(act.actors), act.recipients.length ? " → " : "", act.recipients.length ? parties(act.recipients) : ""),
      h("span", { class: "quiet" }, days(act.from, act.to), act.place?.name && ` · ${act.place.name}`),
      act.claimant && h("span", { class: "claim" }, "per ", act.claimant.name), act.copy && h("span", { class: "badge" }, "copy"),
      h("a", { class: "sure", href: `/story/${act.story}?event=${act.id}`, title: "Open in its story; the number is how sure the record is of the event" }, percent(act.confidence))),
    below);
}

async function unfold(act, opener, below) {
  const shown = opener.getAttribute("aria-expanded") === "true";
  opener.setAttribute("aria-expanded", String(!shown));
  below.hidden = shown;
  if (shown || below.childNodes.length) return;
  fill(below, h("p", { class: "quiet" }, "Reading …"));
  try {
    const { event, sentence, story } = await get(`events/${act.id}`);
    fill(below, h("blockquote", {}, lit(sentence, event)), h("p", { class: "quiet" }, h("a", { href: `/story/${act.story}?event=${act.id}` }, story.title || "the story"), story.source && ` · ${story.source}`, story.published && ` · ${story.published}`));
  } catch (error) {
    fill(below, h("p", { class: "error" }, error.message));
  }
}

/** Show a sentence with the event's trigger lit up. Offsets count code points, not UTF-16 units. */
export function lit(sentence, event) {
  const letters = [...sentence], from = event.trigger.start - event.sentence.start, to = event.trigger.end - event.sentence.start;
  if (from < 0 || to > letters.length) return sentence;
  return [letters.slice(0, from).join(""), h("mark", { class: "trigger" }, letters.slice(from, to).join("")), letters.slice(to).join("")];
}

/** List events of a question, with a button for more. */
export async function actList(query, signal, { limit = 50 } = {}) {
  const list = h("ol", { class: "acts" }), count = h("p", { class: "quiet" }), more = h("button", { type: "button" }, "More");
  let shown = 0;
  const put = (page) => {
    shown += page.items.length;
    list.append(...page.items.map(actRow));
    count.textContent = `${number(shown)} of ${number(page.total)} events`;
    more.hidden = !page.next;
    more.onclick = async () => {
      more.disabled = true;
      const next = new URLSearchParams(query);
      next.set("limit", String(limit));
      next.set("cursor", page.next);
      try {
        put(await get("events", next, signal));
      } catch (error) {
        if (error.name !== "AbortError") count.textContent = error.message;
      }
      more.disabled = false;
    };
  };
  const first = new URLSearchParams(query);
  if (!first.has("limit")) first.set("limit", String(limit));
  const page = await get("events", first, signal);
  if (!page.total) return { total: 0, body: empty("No event fits this.") };
  put(page);
  return { total: page.total, body: h("section", { "aria-label": "Events" }, count, list, more) };
}
