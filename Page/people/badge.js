/** Who somebody is, as a round badge. @module */
import { h } from "../core/dom.js";
import { hueOf, initials } from "./names.js";

/** A badge with the initials of `name()`, in a colour of somebody's own. */
export function badge(principal, name) {
  const hue = () => `badge hue-${hueOf(principal + name())}`;
  return h("span", { class: hue, "aria-hidden": "true" }, () => initials(name()));
}
