// Charts as files: SVG with the colours of the page written into it, PNG drawn from it, CSV.

import { h } from "/dom.js";

const STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "opacity", "font-size", "font-family", "font-weight", "text-anchor"];
const MOST = 4096; // pixels of a picture's longer side

/** Hand a file to the browser to keep. */
export function saveFile(blob, name) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Write a drawing out as SVG that stands alone: styles inlined, links and scripts left out, the paper behind it. */
export function svgText(drawing) {
  const box = drawing.viewBox.baseVal, copy = drawing.cloneNode(true);
  const from = [drawing, ...drawing.querySelectorAll("*")], to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of STYLES) {
      const value = style.getPropertyValue(name);
      if (value) to[i].setAttribute(name, value);
    }
    for (const name of ["class", "href", "role", "tabindex", "data-keep"]) to[i].removeAttribute(name);
  });
  const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ x: box.x, y: box.y, width: box.width, height: box.height, fill: getComputedStyle(document.documentElement).backgroundColor })) paper.setAttribute(name, value);
  copy.prepend(paper);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", box.width);
  copy.setAttribute("height", box.height);
  return new XMLSerializer().serializeToString(copy);
}

async function png(text, box) {
  const scale = Math.min(MOST / Math.max(box.width, box.height), Math.max(2, 1200 / box.width)), canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(box.width * scale), Math.round(box.height * scale)];
  const picture = new Image(canvas.width, canvas.height), address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  picture.src = address;
  await picture.decode();
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  return new Promise((done) => canvas.toBlob(done));
}

/** Offer a drawing as files: `drawing()` gives its SVG when asked; `csv` is the address of the same as a table. */
export function saving(name, drawing, csv) {
  const plain = name.replace(/[^\w-]+/g, "-").slice(0, 80);
  const svg = () => saveFile(new Blob([svgText(drawing())], { type: "image/svg+xml" }), `${plain}.svg`);
  const picture = async () => { const made = drawing(); saveFile(await png(svgText(made), made.viewBox.baseVal), `${plain}.png`); };
  return h("p", { class: "saving", role: "group", "aria-label": `Keep the chart: ${name}` }, h("button", { type: "button", onclick: svg }, "SVG"), " ", h("button", { type: "button", onclick: picture }, "PNG"),
    csv && [" ", h("a", { href: csv, download: true }, "CSV")]);
}
