// A report's text with its evidence lit up, and the records beside it: shared by Story and Paste.

import { parties, quadMark } from "/acts.js";
import { days, fill, h, meter, number } from "/dom.js";

const NAMES = { trigger: "the act", actor: "actor", recipient: "recipient", claimant: "claimant", cue: "reporting word", when: "when", where: "where", harm: "harm", treaty: "treaty" };
const SURE = { trigger: "type", actor: "parties", recipient: "parties", when: "when", where: "where" };

/** Show a coded report. `why` says of stretches, by start, how a party was resolved. */
export function reading({ stretches, events }, { chosen = null, choose = null } = {}) {
  const text = h("div", { class: "text", lang: "en" }, stretches.map((piece) => pieceOf(piece, events, choose)));
  const records = h("ol", { class: "records" }, events.map((event, i) => record(event, i, choose)));
  const root = h("div", { class: "reading" }, h("article", { "aria-label": "Text" }, legend(), text),
    h("section", { "aria-label": "Records" }, events.length ? records : h("p", { class: "state empty" }, "No event is coded in this text.")));
  const light = (numbers, kind) => {
    for (const card of records.children) card.classList.toggle(kind, numbers.has(Number(card.dataset.event)));
    for (const mark of text.querySelectorAll("[data-events]")) mark.classList.toggle(kind, mark.dataset.events.split(" ").some((n) => numbers.has(Number(n))));
    root.classList.toggle(`has-${kind}`, numbers.size > 0);
  };
  const over = (event) => {
    const mark = event.target.closest?.("[data-events]"), card = event.target.closest?.("[data-event]");
    light(new Set(mark ? mark.dataset.events.split(" ").map(Number) : card ? [Number(card.dataset.event)] : []), "hot");
    mark ? tip(mark, mark.facts, events) : hideTip();
  };
  for (const kind of ["pointerover", "focusin"]) root.addEventListener(kind, over);
  for (const kind of ["pointerleave", "focusout"]) root.addEventListener(kind, () => { light(new Set(), "hot"); hideTip(); });
  root.addEventListener("keydown", (event) => { if (event.key === "Escape") hideTip(); });
  const picked = events.findIndex((event) => event.id === chosen);
  if (picked >= 0) light(new Set([picked]), "picked");
  const ready = () => records.querySelector(".picked")?.scrollIntoView({ block: "center" }) ?? text.querySelector(".picked")?.scrollIntoView({ block: "center" });
  return { root, ready: () => { if (picked >= 0) { text.querySelector(".picked")?.scrollIntoView({ block: "center" }); ready(); } } };
}

function legend() {
  return h("p", { class: "legend", "aria-label": "What is lit up" }, ["trigger", "actor", "recipient", "claimant", "when", "where", "harm", "treaty"].map((part) => [h("span", { class: `mark ${part}` }, NAMES[part]), " "]));
}

function pieceOf(piece, events, choose) {
  if (!piece.marks.length) return piece.text;
  const numbers = [...new Set(piece.marks.map((m) => m.event))], part = piece.marks[0].part;
  const trigger = piece.marks.find((m) => m.part === "trigger");
  const facts = { class: `mark ${part}`, "data-events": numbers.join(" ") };
  const mark = trigger && choose
    ? h("button", { ...facts, type: "button", "aria-label": `${piece.text}: record ${trigger.event + 1}, ${events[trigger.event].type}`, onclick: () => choose(events[trigger.event].id) }, piece.text, h("sup", { "aria-hidden": "true" }, trigger.event + 1))
    : h("mark", facts, piece.text);
  mark.facts = piece;
  return mark;
}

function tip(mark, piece, events) {
  const box = document.getElementById("tip");
  fill(box, piece.marks.map(({ event: index, part }) => {
    const event = events[index], value = event.confidence?.[SURE[part] ?? "event"];
    return h("p", {}, h("strong", {}, `${index + 1} ${event.type}`), ` ${NAMES[part]}`, told(event, part, piece), value !== null && value !== undefined && h("span", { class: "quiet" }, ` · sure ${value.toFixed(2)}`));
  }), piece.why && h("p", {}, h("span", { class: "quiet" }, "why: "), piece.why));
  box.hidden = false;
  const at = mark.getBoundingClientRect(), wide = box.offsetWidth, high = box.offsetHeight;
  box.style.left = `${Math.max(4, Math.min(innerWidth - wide - 4, at.left))}px`;
  box.style.top = `${at.bottom + high + 8 < innerHeight ? at.bottom + 4 : Math.max(4, at.top - high - 4)}px`;
}

function hideTip() {
  document.getElementById("tip").hidden = true;
}

/** Say what words were taken for. */
function told(event, part, piece) {
  const holds = (span) => span && span.start <= piece.start && piece.start < span.end;
  if (part === "actor" || part === "recipient" || part === "claimant") {
    const list = part === "claimant" ? [event.attributed_to] : event[`${part}s`];
    const found = list.filter(holds);
    return found.length ? `: ${found.map((p) => `${p.name ?? p.text} [${[p.country, p.sector].filter(Boolean).join(" ") || "?"}]${p.role ? `, ${p.role}` : ""}`).join("; ")}` : "";
  }
  if (part === "when" && event.when) return `: ${days(event.when.from, event.when.to)}`;
  if (part === "where" && event.where) return `: ${[event.where.name, event.where.admin1, event.where.country].filter(Boolean).join(", ")} (${event.where.precision ?? "precision unknown"})`;
  if (part === "treaty" && event.treaty) return `: ${event.treaty.action} ${event.treaty.name}`;
  if (part === "harm") return `: ${event.harm.filter(holds).map(toll).join("; ")}`;
  if (part === "trigger") return `: ${[event.mode, event.modality].filter(Boolean).join(", ")}`;
  return "";
}

/** Write a toll: never more exactly than it is told. */
export function toll(harm) {
  const count = harm.low === harm.high ? number(harm.low) : harm.high === null ? `at least ${number(harm.low)}` : harm.low === null ? `at most ${number(harm.high)}` : `${number(harm.low)}–${number(harm.high)}`;
  return `${count} ${harm.kind}${harm.who ? `, ${harm.who}` : ""}`;
}

function record(event, index, choose) {
  const who = event.attributed_to, line = (name, ...words) => [h("dt", {}, name), h("dd", {}, words)];
  const dyad = pair(event);
  return h("li", { class: `record m-${event.modality}`, "data-event": index, "data-row": event.id, id: `e-${event.id}` },
    h("h2", {}, choose ? h("button", { type: "button", class: "opener", onclick: () => choose(event.id), title: "Light this record up, and put it into the address" }, `${index + 1} `, quadMark(event.quad), ` ${event.type}`) : [`${index + 1} `, quadMark(event.quad), ` ${event.type}`],
      event.mode && h("span", { class: "mode" }, ` ${event.mode}`), event.modality !== "actual" && h("span", { class: "badge" }, event.modality)),
    h("dl", {}, line("who", parties(event.actors)), event.recipients.length > 0 && line("to whom", parties(event.recipients)),
      event.when && line("when", days(event.when.from, event.when.to), event.when.text ? ` (“${event.when.text}”)` : " (day of the report)"),
      event.where && line("where", [event.where.name ?? event.where.text, event.where.country].filter(Boolean).join(", ")),
      who && line("according to", parties([who]), who.cue && ` (“${who.cue.text}”${who.quote ? ", quoted" : ""})`),
      event.harm.length > 0 && line("harm", event.harm.map(toll).join("; ")), event.treaty && line("treaty", `${event.treaty.action} ${event.treaty.name}`),
      line("code", `${event.cameo ?? "–"} · score ${event.score}`, dyad && [" · ", h("a", { href: `/dyad/${dyad}` }, dyad.replace("-", " → "))])),
    h("p", { class: "meters" }, ["event", "type", "parties", "when", "where"].map((name) => meter(name, event.confidence?.[name]))));
}

function pair(event) {
  const a = event.actors.find((p) => p.country)?.country, all = event.recipients.length ? event.recipients : event.actors;
  const b = all.find((p) => p.country && p.country !== a)?.country;
  return a && b ? `${a}-${b}` : null;
}
