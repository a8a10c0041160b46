// Stories, newest first.

import { get } from "/api.js";
import { empty, h, number } from "/dom.js";
import { field, forms } from "/questions.js";

export async function view({ query, signal }) {
  const asked = new URLSearchParams([...query].filter(([name]) => !["embed", "theme"].includes(name)));
  const page = await get("stories", asked, signal);
  const next = new URLSearchParams(query);
  if (page.next) next.set("cursor", page.next);
  const rows = page.items.map((s) => h("li", { "data-row": s.id }, h("a", { href: `/story/${s.id}` }, s.title || "Untitled"), " ",
    h("span", { class: "quiet" }, [s.published, s.source, `${number(s.events)} events`].filter(Boolean).join(" · ")), s.copy && h("span", { class: "badge" }, "copy")));
  return { title: "Stories", body: [
    h("header", { class: "head" }, h("h1", {}, "Stories"), forms("stories", asked, page.total, ["csv"])),
    h("form", { "data-ask": true, class: "controls", "aria-label": "Question" }, field(query, "q", "Headline"), field(query, "source", "Source"), field(query, "since", "From", { type: "date" }), field(query, "until", "To", { type: "date" }), h("button", {}, "Ask")),
    rows.length ? h("ol", { class: "rows" }, rows) : empty("No story fits this."),
    page.next && h("p", {}, h("a", { href: `/stories?${next}` }, "Older")),
  ] };
}
