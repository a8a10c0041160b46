// Story: the text with its evidence lit up, records beside it, claims and claimants, why on demand.

import { turn } from "/app.js";
import { get, post } from "/api.js";
import { empty, fill, h, outside, table } from "/dom.js";
import { reading } from "/reading.js";

export async function view({ rest, query, signal }) {
  if (!rest[0]) return { title: "Story", body: empty("Name a story in the address: /story/ID.", h("a", { href: "/stories" }, "Stories")) };
  const facts = await get(`stories/${encodeURIComponent(rest[0])}`, null, signal);
  const { story, events } = facts;
  const held = h("div", {});
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
    held, claims(events),
  ];
  return { title: story.title || "Story", body, ready };
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
