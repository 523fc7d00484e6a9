/** The map filtered by values. @module */
import { query, quoted } from "../core/api.js";
import { h } from "../core/dom.js";
import { number } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { failed, notice } from "../core/notice.js";
import { store } from "../core/store.js";
import { chooser } from "./picks.js";

const T = words({
  shown: [(n, what) => `On the map: ${what} (${n})`, (n, what) => `지도에 표시: ${what} (${n}개)`],
  none: [(what) => `No twin has ${what}.`, (what) => `해당하는 트윈이 없습니다: ${what}`],
  clear: ["Show all", "모두 보기"],
  property: ["Property", "속성"],
  low: ["From", "최소"],
  high: ["To", "최대"],
  filter: ["Filter the map", "지도 거르기"],
});

/** Most twins that a filter of the map may name. */
export const mostFiltered = 100000;

/** Shows only the twins on the map that a query finds, whose rows have a `$dtId`; and says so. */
export async function filterByQuery(label, text) {
  const rows = await query(text, { most: mostFiltered });
  filterMap(label, rows.map((row) => row.$dtId), text);
}

/** Shows only some twins on the map, which a query finds, and says so. */
export function filterMap(label, ids, text) {
  if (ids.length === 0) {
    notice(T.none(label));
    return;
  }
  store.set({ filter: { label, ids: new Set(ids), query: text } });
  notice(T.shown(number(ids.length), label), "info",
    { label: T.clear, act: () => store.set({ filter: null }) });
}

/** A property in a query: `T.signal.[[turn left]]`. */
export function term(path, name = "T") {
  const isPlain = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;
  return [name, ...path.split(".").map((part) => (isPlain.test(part) ? part : `[[${part}]]`))].join(".");
}

/** Shows only the twins of some models whose value lies between two. */
export async function filterByRange(models, property, low, high) {
  const ofModels = models.map((model) => `IS_OF_MODEL(T, ${quoted(model)})`).join(" OR ");
  const value = term(property.path);
  const text = `SELECT T.$dtId FROM DIGITALTWINS T WHERE (${ofModels}) ` +
    `AND ${value} >= ${low} AND ${value} <= ${high}`;
  const name = displayName(property.displayName, property.path);
  const ends = [low, high].map((each) => number(each, property.unit, { digits: 4 })).join(" – ");
  await filterByQuery(`${name} ${ends}`, text);
}

/**
 * A form that asks for a property and two ends: the keyboard's way to what dragging does.
 * @param {() => object[]} properties
 * @param {(property: object, low: number, high: number) => Promise<void>} act
 */
export function rangeForm(properties, act) {
  const which = chooser(() => T.property, () => {});
  const end = (label) => h("input", { type: "number", step: "any", required: true, "aria-label": label });
  const [low, high] = [end(() => T.low), end(() => T.high)];
  const once = () => [...new Map(properties().map((each) => [each.path, each])).values()];
  const element = h("form", {
    class: "row",
    onsubmit: (event) => {
      event.preventDefault();
      const property = once().find((each) => each.path === which.value());
      if (property) act(property, Number(low.value), Number(high.value)).catch(failed);
    },
  }, which.element, low, "–", high, h("button", {}, () => T.filter));
  return {
    element,
    refresh() {
      which.set(once().map((each) =>
        ({ value: each.path, label: displayName(each.displayName, each.path) })));
    },
  };
}
