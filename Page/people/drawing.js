/** The sign-in's picture: a street in elevation, and the line of time below it, which parts in two. @module */
import { h } from "../core/dom.js";

/** Storeys of the street's buildings, and of the one that grows in the fork. */
const street = [3, 5, 4, 8, 6, 3, 11, 7, 5, 9, 4, 6];
const grown = { at: 8, storeys: 12 };

/** The picture; it says nothing that the text beside it does not say. */
export function drawing() {
  return h("svg", { class: "signin-drawing", viewBox: "0 0 480 300", "aria-hidden": "true" },
    h("g", { class: "street" }, street.map((storeys, i) => building(28 + i * 36, storeys))),
    h("g", { class: "grown" }, building(28 + grown.at * 36, grown.storeys, street[grown.at])),
    h("line", { class: "kerb", x1: "8", y1: "210", x2: "472", y2: "210" }),
    h("path", { class: "past", d: "M 8 258 H 236" }),
    h("path", { class: "present", d: "M 236 258 H 472" }),
    h("path", { class: "fork", d: "M 236 258 C 262 258 262 284 288 284 H 472" }),
    h("circle", { class: "now", cx: "236", cy: "258", r: "6" }),
    [72, 118, 190].map((x) => h("circle", { class: "change", cx: String(x), cy: "258", r: "2.5" })));
}

function building(left, storeys, from = 0) {
  const floors = [];
  for (let floor = from; floor < storeys; floor += 1) {
    floors.push(h("rect", { x: String(left), y: String(199 - floor * 14), width: "28", height: "10", rx: "1" }));
  }
  return floors;
}
