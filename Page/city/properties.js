/** The properties of a twin as a table. @module */
import { h } from "../core/dom.js";
import { ago, instant, number, text, unitSymbol } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { valueAt } from "../core/models.js";
import { store } from "../core/store.js";

const T = words({
  none: ["It has no properties with values.", "값이 있는 속성이 없습니다."],
  updated: [(when) => `updated ${when}`, (when) => `${when} 갱신`],
  notMeasured: ["default, not measured", "기본값 — 잰 값이 아님"],
  yes: ["yes", "예"],
  no: ["no", "아니요"],
  points: [(n) => `${n} points`, (n) => `점 ${n}개`],
  parts: [(n) => `${n} entries`, (n) => `${n}개 항목`],
  name: ["Property", "속성"],
  value: ["Value", "값"],
});

const shapes = {
  point: ["Point", "점"], lineString: ["Line", "선"], polygon: ["Polygon", "다각형"],
  multiPoint: ["Points", "점 모음"], multiLineString: ["Lines", "선 모음"], multiPolygon: ["Polygons", "다각형 모음"],
};

/** A table of what has a value. */
export function propertyTable(twin, contents) {
  const known = contents?.properties ?? [];
  const paths = new Set(known.map(({ path }) => path.split(".")[0]));
  const others = Object.keys(twin).filter((name) => !name.startsWith("$") && !paths.has(name));
  const all = [...known, ...others.map((path) => ({ path, displayName: path, schema: null }))];
  const rows = all.map((each) => row(twin, each)).filter(Boolean);
  if (rows.length === 0) return h("p", { class: "quiet-text" }, T.none);
  return h("table", { class: "properties" },
    h("thead", { class: "visually-hidden" },
      h("tr", {}, h("th", { scope: "col" }, T.name), h("th", { scope: "col" }, T.value))),
    h("tbody", {}, rows));
}

function row(twin, property) {
  const value = valueAt(twin, property.path);
  if (value === undefined) return null;
  const [first] = property.path.split(".");
  const inside = `${first}.$metadata.${property.path.slice(first.length + 1)}.lastUpdateTime`;
  const updated = twin.$metadata[first]?.lastUpdateTime ?? valueAt(twin, inside);
  return h("tr", {},
    h("th", { scope: "row", title: displayName(property.description, property.path) },
      displayName(property.displayName, property.path)),
    h("td", {}, shown(value, property), note(twin, property, value),
      updated && updated !== twin.$metadata.$lastUpdateTime && updatedText(updated)));
}

/** When something was updated last: how long ago, and exactly. */
export function updatedText(updated) {
  return h("span", { class: "updated", title: instant(updated, { dateStyle: "full", timeStyle: "medium" }) },
    T.updated(ago(updated, momentOf())));
}

/** Ages are told from the instant that is looked at. */
function momentOf() {
  return store.state.at === null ? Date.now() : new Date(store.state.at).getTime();
}

/** What a value's source says of it: a height that is a default was not measured. */
function note(twin, property, value) {
  const source = twin[`${property.path}Source`];
  if (source !== "default" || typeof value !== "number") return null;
  return h("span", { class: "not-measured" }, T.notMeasured);
}

function shown(value, { schema, unit }) {
  if (value === null) return "–";
  if (typeof value === "number" && !schema?.enumValues) return number(value, unit);
  if (typeof value === "boolean") return value ? T.yes : T.no;
  const kind = typeof schema === "object" ? [schema?.["@type"]].flat().at(-1) : schema;
  if (kind === "Enum") return enumText(value, schema);
  if (kind in shapes || Array.isArray(value?.coordinates)) return shapeText(value, kind);
  if (Array.isArray(value)) return value.map(text).join(", ");
  if (typeof value === "object") return inner(value, schema, unit);
  if (kind === "dateTime") return instant(value);
  return text(value);
}

function enumText(value, schema) {
  const found = schema.enumValues.find((each) => each.enumValue === value);
  return displayName(found?.displayName, text(value));
}

function shapeText(value, kind) {
  const names = shapes[kind] ?? shapes[value.type[0].toLowerCase() + value.type.slice(1)];
  const name = names ? names[store.state.language === "ko" ? 1 : 0] : value.type;
  if (value.type === "Point") {
    return [1, 0].map((i) => number(value.coordinates[i], null, { digits: 9 })).join(", ");
  }
  const count = value.coordinates.flat(Infinity).length / 2;
  return `${name}, ${T.points(count)}`;
}

/** Fields of an object or entries of a map. */
function inner(value, schema) {
  const fields = new Map((schema?.fields ?? []).map((each) => [each.name, each]));
  const entry = schema?.mapValue ?? {};
  const rows = Object.entries(value).filter(([name]) => !name.startsWith("$")).map(([name, each]) => {
    const field = fields.get(name) ?? entry;
    return h("tr", {}, h("th", { scope: "row" }, displayName(fields.get(name)?.displayName, name)),
      h("td", {}, shown(each, { schema: field.schema, unit: field.unit })));
  });
  return h("details", {}, h("summary", {}, T.parts(rows.length)), h("table", {}, h("tbody", {}, rows)));
}

/** A property's name with its unit, for headings. */
export function propertyTitle({ displayName: name, path, unit }) {
  const symbol = unitSymbol(unit);
  return displayName(name, path) + (symbol ? ` (${symbol})` : "");
}
