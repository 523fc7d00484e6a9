/** What is looked at and what it is compared with: a world and an instant each. @module */
import { instant } from "../core/format.js";
import { words } from "../core/i18n.js";
import { store, there } from "../core/store.js";

const T = words({ now: ["now", "지금"] });

/**
 * The one or two states of worlds that are shown.
 * @returns {{world: string, at: string|null, name: string}[]}
 */
export function sides() {
  const { world, other, at } = store.state;
  const first = { world, at };
  const second = { world: other, at: there().at ?? null };
  const all = other === null || (other === world && second.at === at) ? [first] : [first, second];
  const isOneInstant = all.every((each) => each.at === at);
  return all.map((each) => ({
    ...each,
    name: isOneInstant ? each.world : `${each.world}, ${each.at === null ? T.now : instant(each.at)}`,
  }));
}

/** The keys of the state on which the sides depend. */
export const sideKeys = ["world", "other", "at", "otherAt"];
