// Elements, made of text alone: nothing from outside is ever read as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** Put children into an element: strings become text, arrays are spread, null and false are left out. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

function dress(element, facts) {
  for (const [name, value] of Object.entries(facts ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) {
      if (typeof value === "function") element.addEventListener(name.slice(2), value);
    } else if (name === "href" || name === "src") {
      const safe = address(value);
      if (safe !== null) element.setAttribute(name, safe);
    } else if (name === "value" || name === "checked" || name === "selected") {
      element[name] = value;
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
}

/** Make an element: h("a", {href: "/"}, "text", child, [more]). */
export function h(tag, facts, ...children) {
  const element = document.createElement(tag);
  append(element, children);
  dress(element, facts);
  return element;
}

/** Make an element of SVG. */
export function s(tag, facts, ...children) {
  const element = document.createElementNS(SVG, tag);
  dress(element, facts);
  append(element, children);
  return element;
}

/** Give an address that may be linked to: one of this service, or http and https; null for any other. */
export function address(value) {
  const text = String(value);
  if (/^(\/(?!\/)|#|\?)/.test(text)) return text;
  try {
    const url = new URL(text);
    return url.protocol === "http:" || url.protocol === "https:" || url.protocol === "blob:" ? url.href : null;
  } catch {
    return null;
  }
}

/** Make a link to another site, or plain text where the address is none. */
export function outside(url, words) {
  return address(url) === null ? h("span", {}, words) : h("a", { href: url, rel: "noreferrer noopener external", target: "_blank" }, words, " ↗");
}

/** Say something to those who hear the page. */
export function say(words) {
  document.getElementById("said").textContent = words;
}

const LOCALE = "en-GB";
export const number = (value, digits = 0) => (value === null || value === undefined ? "–" : value.toLocaleString(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits }));
export const percent = (value) => (value === null || value === undefined ? "–" : `${Math.round(value * 100)}%`);

/** Write a day or a range of days. */
export function days(from, to) {
  if (!from) return "undated";
  return to && to !== from ? `${from} – ${to}` : from;
}

/** Write how long ago a moment was. */
export function ago(stamp) {
  const seconds = Math.max(0, (Date.now() - new Date(stamp)) / 1000);
  const [size, unit] = seconds < 90 ? [1, "s"] : seconds < 5400 ? [60, "min"] : seconds < 129600 ? [3600, "h"] : [86400, "d"];
  return `${Math.round(seconds / size)} ${unit} ago`;
}

/** Make a table: columns are [heading, cell maker, class]. */
export function table(caption, columns, rows) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", {},
      h("caption", { class: "unseen" }, caption),
      h("thead", {}, h("tr", {}, columns.map(([head, , kind]) => h("th", { scope: "col", class: kind }, head)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, columns.map(([, cell, kind]) => h("td", { class: kind }, cell(row)))))),
    ));
}

/** Say that there is nothing, and what to do. */
export const empty = (words, ...more) => h("div", { class: "state empty" }, h("p", {}, words), ...more);

/** Draw a share as a small meter with its number. */
export function meter(label, value) {
  if (value === null || value === undefined) return h("span", { class: "meter" }, label, " –");
  const bar = h("i", { "aria-hidden": "true" });
  bar.style.setProperty("--share", String(value));
  return h("span", { class: "meter" }, `${label} `, bar, ` ${value.toFixed(2)}`);
}
