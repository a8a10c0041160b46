// Story: the text with its evidence lit up, records beside it, claims and claimants, why on demand.

import { turn } from "/app.js";
import { get, post } from "/api.js";
import { empty, fill, h, number, outside, table } from "/dom.js";
import { reading } from "/reading.js";

export async function view({ rest, query, signal }) {
  if (!rest[0]) return { title: "Story", body: empty("Name a story in the address: /story/ID.", h("a", { href: "/stories" }, "Stories")) };
  const facts = await get(`stories/${encodeURIComponent(rest[0])}`, null, signal);
  const { story, events } = facts;
  const held = h("div", {}), told = h("section", { "aria-label": "Versions" });
  const note = h("span", { class: "quiet", role: "status" });
  const options = { chosen: query.get("event"), choose: (id) => turn({ event: id }) };
  const { root, ready } = reading(facts, options);
  const explain = h("button", { type: "button", onclick: async () => {
    explain.disabled = true;
    note.textContent = " reading the text again …";
    try {
      const { coded } = await post("code", { text: story.text, published: story.published, source: story.source?.slice(0, 200) }, signal);
      const why = new Map((coded?.stretches ?? []).filter((p) => p.why).map((p) => [p.start, p.why]));
      fill(held, reading({ ...facts, stretches: facts.stretches.map((p) => ({ ...p, why: why.get(p.start) ?? p.why })) }, options).root);
      note.textContent = ` ${why.size} stretches now say why: point at them.`;
    } catch (error) {
      if (error.name !== "AbortError") note.textContent = ` ${error.message}`;
      explain.disabled = false;
    }
  } }, "Say why");
  fill(held, root);
  const body = [
    h("header", { class: "head" }, h("h1", {}, story.title || `${story.text.slice(0, 70)}…`),
      h("p", { class: "quiet" }, [story.source, story.published, story.dateline, story.author].filter(Boolean).join(" · "), story.url && [" · ", outside(story.url, "original")],
        story.duplicate_of && [" · a copy of ", h("a", { href: `/story/${story.duplicate_of}` }, "another story")], ` · ${events.length} events · `, explain, note)),
    held, claims(events), told,
  ];
  versions(rest[0], told, signal);
  return { title: story.title || "Story", body, ready };
}

// Other versions of the story, looked for when it is shown: reading their texts takes a moment.
async function versions(id, element, signal) {
  fill(element, h("h2", {}, "Versions"), h("p", { class: "state loading" }, "Looking for copies, updates and rewrites …"));
  try {
    const found = await get(`stories/${id}/versions`, null, signal), order = new Map(found.versions.map((v, i) => [v.story, i + 1]));
    const read = h("p", { class: "quiet" }, `Looked for among ${number(found.read)}${found.of > found.read ? ` (the nearest of ${number(found.of)})` : ""} stories of the days around it.`);
    if (found.versions.length < 2) { fill(element, h("h2", {}, "Versions"), empty("No other version of it is in the record."), read); return; }
    fill(element, h("h2", {}, `${number(found.versions.length)} versions`), h("p", { class: "quiet" }, `from ${found.origin}, printed by ${found.publishers.join(", ")}`),
      table("Versions of this story in order", [["", (v) => number(order.get(v.story)), "num"], ["version", (v) => (v.story === id ? h("strong", {}, v.title || "Untitled", " (this one)") : h("a", { href: `/story/${v.story}`, "data-row": v.story }, v.title || "Untitled"))],
        ["published", (v) => [v.published, v.source].filter(Boolean).join(" · ")], ["is", (v) => [v.kind, v.previous && ` of ${order.get(v.previous)}`]], ["sure", (v) => (v.previous ? v.score.toFixed(2) : "–"), "num"], ["told otherwise", (v) => v.changes.join("; ") || "–"]], found.versions),
      h("details", {}, h("summary", {}, "Which version says what"), table("Sentences and the versions that tell them", [["sentence", (s) => s.text], ["versions", (s) => s.stories.map((v) => order.get(v)).sort((a, b) => a - b).join(", ")], ["changed", (s) => s.changes.join("; ") || "–"]], found.statements)), read);
  } catch (error) {
    if (error.name !== "AbortError") fill(element, h("h2", {}, "Versions"), h("p", { class: "error", role: "alert" }, error.message));
  }
}

function claims(events) {
  const claimed = events.filter((e) => e.attributed_to);
  if (!claimed.length) return null;
  const by = Map.groupBy(claimed, (e) => e.attributed_to.name ?? e.attributed_to.text);
  const told = (list, ...modalities) => list.filter((e) => modalities.includes(e.modality)).map((e, i) => [i ? ", " : "", h("a", { href: `?event=${e.id}`, "data-keep": true }, `${e.type} “${e.trigger.text}”`)]);
  return h("section", {}, h("h2", {}, "Who claims what"), table("Claims of this story by claimant", [
    ["claimant", ([name]) => name], ["says it happened", ([, list]) => told(list, "actual", "historical")], ["denies", ([, list]) => told(list, "negated")], ["says it may or will", ([, list]) => told(list, "future", "hypothetical")],
  ], [...by]));
}
