/** Who somebody is, as a round badge. @module */
import { h } from "../core/dom.js";
import { hueOf, initials } from "./names.js";

/** A badge with the initials of `name()`; the colour is that of the id. */
export function badge(id, name) {
  return h("span", { class: `badge hue-${hueOf(id)}`, "aria-hidden": "true" }, () => initials(name()));
}
