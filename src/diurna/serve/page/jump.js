// The box to jump from: views, countries, dyads, stories, events.

import { go } from "/app.js";
import { get } from "/api.js";
import { fill, h, number } from "/dom.js";

let open = null;

/** Open the box. */
export function openJump(views) {
  if (open) return;
  const list = h("ul", { id: "jump-list", role: "listbox", "aria-label": "Places to jump to" });
  const note = h("p", { class: "quiet", role: "status" });
  const input = h("input", { type: "text", role: "combobox", "aria-label": "Jump to", "aria-expanded": "true", "aria-controls": "jump-list", "aria-autocomplete": "list",
    autocomplete: "off", spellcheck: "false", placeholder: "Country, dyad like RUS-UKR, words of a headline, view" });
  const dialog = h("dialog", { class: "jump", "aria-label": "Jump", onclose: () => { dialog.remove(); open = null; } }, input, list, note);
  let at = 0, asked = new AbortController(), timer = 0;

  const pick = (index) => {
    const rows = [...list.children];
    at = Math.max(0, Math.min(rows.length - 1, index));
    rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === at)));
    rows[at] ? input.setAttribute("aria-activedescendant", rows[at].id) : input.removeAttribute("aria-activedescendant");
    rows[at]?.scrollIntoView({ block: "nearest" });
  };
  const leave = (to) => { dialog.close(); go(to); };
  const render = (found) => {
    fill(list, found.map(([kind, words, to, more], i) => h("li", { role: "option", id: `jump-${i}`, "data-to": to, onclick: () => leave(to) },
      h("span", { class: "kind" }, kind), h("span", { class: "words" }, words), more && h("span", { class: "quiet" }, more))));
    pick(0);
    note.textContent = found.length ? "" : "Nothing found.";
  };
  const look = async () => {
    asked.abort();
    asked = new AbortController();
    const words = input.value.trim();
    const local = localHits(views, words);
    render(local);
    if (!words) return;
    try {
      const found = await get("search", { q: words.slice(0, 200) }, asked.signal);
      render([...local, ...remoteHits(found).filter(([, , to]) => !local.some((hit) => hit[2] === to))]);
    } catch (error) {
      if (error.name !== "AbortError") note.textContent = `The record cannot be searched: ${error.message}`;
    }
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 80); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); pick(at + (event.key === "ArrowDown" ? 1 : -1)); }
    else if (event.key === "Enter") { event.preventDefault(); const to = list.children[at]?.dataset.to; if (to) leave(to); }
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  open = dialog;
  dialog.showModal();
  input.focus();
  look();
}

function localHits(views, words) {
  const low = words.toLowerCase(), found = [];
  const pair = /^([a-z]{3})\s*(?:-|–|>|→|\s)\s*([a-z]{3})$/i.exec(words);
  if (pair) found.push(["dyad", `${pair[1]} → ${pair[2]}`.toUpperCase(), `/dyad/${`${pair[1]}-${pair[2]}`.toUpperCase()}`]);
  for (const [name, [title]] of Object.entries(views)) if (!low || title.toLowerCase().startsWith(low)) found.push(["view", title, `/${name}`]);
  return found;
}

function remoteHits(found) {
  return [
    ...found.countries.map((c) => ["country", c.name ?? c.code, `/country/${c.code}`, `${c.code} · ${number(c.count)} events`]),
    ...found.dyads.map((d) => ["dyad", d.dyad.replace("-", " → "), `/dyad/${d.dyad}`, `${number(d.count)} events`]),
    ...found.stories.map((s) => ["story", s.title ?? s.id, `/story/${s.id}`, [s.source, s.published].filter(Boolean).join(" · ")]),
    ...found.events.map((e) => ["event", `${e.type} “${e.trigger}” ${e.actors.map((p) => p.name).join(", ")}`, `/story/${e.story}?event=${e.id}`, e.published]),
  ];
}
