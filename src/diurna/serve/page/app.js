// The page: one address for each view and each of its states; keys for everything.

import { get, heldKey, holdKey, seen } from "/api.js";
import { ago, fill, h, number, say } from "/dom.js";
import { openJump } from "/jump.js";

const VIEWS = {
  today: ["Today", "t"],
  events: ["Events", "e"],
  stories: ["Stories", "s"],
  dyad: ["Dyads", "d"],
  country: ["Countries", "c"],
  forecast: ["Forecasts", "f"],
  network: ["Network", "n"],
  map: ["Map", "m"],
  treaties: ["Treaties", "r"],
  harm: ["Harm", "h"],
  sources: ["Sources", "o"],
  signals: ["Signals", "i"],
  review: ["Review", "v"],
  paste: ["Paste", "p"],
};
const HIDDEN = { story: "Story" };
const main = document.getElementById("view");
let running = new AbortController();

/** Go to an address of the page. */
export function go(to, { replace = false, keep = false } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", to);
  return show({ keep });
}

/** Change parts of the address's query and show the view anew. */
export function turn(changes, options) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    url.searchParams.delete(name);
    for (const one of [value].flat()) if (one !== null && one !== undefined && one !== "" && one !== false) url.searchParams.append(name, String(one));
  }
  return go(url.pathname + url.search, { keep: true, ...options });
}

async function show({ keep = false } = {}) {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  const [name = "today", ...rest] = location.pathname.split("/").filter(Boolean).map(plain);
  const query = new URLSearchParams(location.search);
  document.body.classList.toggle("embed", query.get("embed") === "1");
  dressTheme(query.get("theme"));
  document.getElementById("tip").hidden = true;
  for (const link of document.querySelectorAll("#nav a")) link.dataset.view === name ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  const waiting = setTimeout(() => { main.setAttribute("aria-busy", "true"); if (!keep) fill(main, h("p", { class: "state loading" }, "Reading the record …")); }, 150);
  try {
    if (!(name in VIEWS) && !(name in HIDDEN)) throw Object.assign(new Error("the page has no such view"), { code: "404", where: location.pathname });
    const { view } = await import(`/views/${name}.js`);
    seen.asOf = null;
    const { title, body, ready } = await view({ rest, query, signal });
    if (signal.aborted) return;
    document.title = `${title} · Diurna`;
    fill(main, body, asOf());
    ready?.();
    say(title);
    if (!keep) window.scrollTo(0, 0);
  } catch (error) {
    if (signal.aborted || error.name === "AbortError") return;
    document.title = "Trouble · Diurna";
    fill(main, trouble(error));
  } finally {
    clearTimeout(waiting);
    if (!signal.aborted) main.removeAttribute("aria-busy");
  }
}

// Every view says as of when its numbers are; those that do not say so themselves have it here.
function asOf() {
  return seen.asOf && h("p", { class: "asof" }, "as of ", h("time", { datetime: seen.asOf, title: ago(seen.asOf) }, seen.asOf));
}

function plain(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Show an error: what, where, what to do. */
export function trouble(error) {
  const asksKey = error.status === 401 || error.status === 403;
  const key = h("input", { type: "password", name: "key", autocomplete: "off", required: true });
  return h("div", { class: "state error", role: "alert" },
    h("h1", {}, asksKey ? "A key is asked for" : "This cannot be shown"),
    h("p", {}, error.message),
    h("p", { class: "quiet" }, [error.code, error.where].filter(Boolean).join(" · ")),
    asksKey
      ? h("form", { onsubmit: (event) => { event.preventDefault(); holdKey(key.value); begin(); } }, h("label", {}, "Key ", key), h("button", {}, "Use it until this tab closes"))
      : h("p", {}, h("button", { type: "button", onclick: () => show() }, "Try again"), " ", h("a", { href: "/today" }, "Go to Today")));
}

// Light and dark: what the system says, unless told otherwise by the address or by the button.
function dressTheme(asked) {
  const chosen = asked === "dark" || asked === "light" ? asked : localStorage.getItem("diurna-theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
}

function changeTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  localStorage.setItem("diurna-theme", dark ? "light" : "dark");
  turn({ theme: null }, { replace: true });
}

// What the record is, at the foot of every view.
async function foot() {
  const element = document.getElementById("foot");
  try {
    const [facts, health] = await Promise.all([get("/api/v1/"), get("/health")]);
    stale(health.status === "stale" && `The record could not be read anew: ${health.trouble}. What is shown is as of ${facts.as_of}.`);
    fill(element,
      facts.demo && h("strong", { class: "demo" }, "Sample record: invented news. "),
      `${number(facts.events)} events in ${number(facts.stories)} stories`, facts.first && `, ${facts.first} – ${facts.last}`, ` · as of `,
      h("time", { datetime: facts.as_of, title: facts.as_of }, ago(facts.as_of)), " · ", h("a", { href: "/openapi.json", "data-plain": true }, "API"), heldKey() && " · key held");
  } catch (error) {
    stale(`The service does not answer (${error.message}). What is shown may be out of date.`);
    fill(element, h("button", { type: "button", onclick: foot }, "Ask the service again"));
  }
}

// Above every view, embedded ones too: that what is shown is old.
function stale(words) {
  const element = document.getElementById("stale");
  element.hidden = !words;
  if (element.textContent !== (words || "")) element.textContent = words || "";
}

// Keys: g and a letter opens a view, j and k move between rows, ? tells all.
let going = false;
function keys(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openJump(VIEWS);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  if (going) {
    going = false;
    const found = Object.entries(VIEWS).find(([, [, key]]) => key === event.key);
    if (found) { event.preventDefault(); go(`/${found[0]}`); }
    return;
  }
  if (event.key === "g") { going = true; setTimeout(() => { going = false; }, 1200); }
  else if (event.key === "/") { event.preventDefault(); openJump(VIEWS); }
  else if (event.key === "?") help();
  else if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
  else if (event.key === "l") changeTheme();
}

function step(by) {
  const rows = [...main.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
  (next.matches("a, button, [tabindex]") ? next : next.querySelector("a, button, [tabindex]"))?.focus();
}

function help() {
  const lines = [["Ctrl K or /", "jump to a country, dyad, story or view"], ["j, k", "next and previous row"], ["Enter", "open"], ["← →", "in a chart: period before, period after"],
    ["l", "light or dark"], ["?", "these keys"], ...Object.entries(VIEWS).map(([, [title, key]]) => [`g ${key}`, title])];
  const dialog = h("dialog", { "aria-labelledby": "help-title", onclose: () => dialog.remove() },
    h("h2", { id: "help-title" }, "Keys"), h("dl", { class: "keys" }, lines.map(([key, words]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, words)])),
    h("form", { method: "dialog" }, h("button", {}, "Close")));
  document.body.append(dialog);
  dialog.showModal();
}

function follow(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || link.target || link.download || "plain" in link.dataset) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || url.pathname.startsWith("/api/") || /\.\w+$/.test(url.pathname)) return;
  if (url.pathname === location.pathname && url.search === location.search && url.hash) return;
  event.preventDefault();
  go(url.pathname + url.search + url.hash, { keep: "keep" in link.dataset });
}

// A form is a question: what is filled in goes into the address.
function ask(event) {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-ask]")) return;
  event.preventDefault();
  const facts = {};
  for (const field of form.elements) {
    if (!field.name) continue;
    const value = field.type === "checkbox" ? (field.checked ? field.value : null) : field.value;
    facts[field.name] = field.name in facts ? [facts[field.name], value].flat() : value;
  }
  turn({ ...facts, cursor: null, at: null });
}

function begin() {
  fill(document.getElementById("nav"), h("ul", {}, Object.entries(VIEWS).map(([name, [title, key]]) => h("li", {}, h("a", { href: `/${name}`, "data-view": name, title: `g ${key}` }, title)))));
  foot();
  return show();
}

document.addEventListener("click", follow);
document.addEventListener("submit", ask);
document.addEventListener("change", (event) => { if (event.target.closest?.("form[data-ask]") && event.target.matches("select, input[type=checkbox], input[type=date]")) event.target.form.requestSubmit(); });
document.addEventListener("keydown", keys);
window.addEventListener("popstate", () => show({ keep: true }));
document.getElementById("jump").addEventListener("click", () => openJump(VIEWS));
document.getElementById("theme").addEventListener("click", changeTheme);
setInterval(foot, 60_000);
begin();
