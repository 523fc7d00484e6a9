/** Who somebody is, as a round badge. @module */
import { h } from "../core/dom.js";
import { hueOf, initials } from "./names.js";

/** A badge with the initials of `name()`, in a colour of somebody's own. */
export function badge(principal, name) {
  return h("span", { class: () => `badge hue-${hueOf(principal + name())}`, "aria-hidden": "true" }, () => initials(name()));
}
