/** What differs between two worlds, as a table: a property a row. @module */
import { displayName, words } from "../core/i18n.js";
import { h } from "../core/dom.js";
import { number, text } from "../core/format.js";
import { store } from "../core/store.js";
import { nameOfWorld } from "./list.js";

const T = words({
  twin: ["Twin", "트윈"],
  property: ["Property", "속성"],
  delta: ["Change", "변화"],
  twinAdded: ["added", "새로 생김"],
  twinRemoved: ["removed", "없어짐"],
  twinChanged: ["changed", "바뀜"],
  relationshipAdded: ["relationship added", "관계 생김"],
  relationshipRemoved: ["relationship removed", "관계 없어짐"],
  relationshipChanged: ["relationship changed", "관계 바뀜"],
  modelAdded: ["model added", "모델 생김"],
  modelRemoved: ["model removed", "모델 없어짐"],
});

/** The rows of one difference; `contents` is what its model says, if that is known. */
export function rowsOf(item, names, contents) {
  const twin = item.source ?? (item.kind.startsWith("relationship") ? item.id.split("/")[0] : item.id);
  const base = { twin, name: names.get(twin), kind: item.kind, model: contents?.displayName ?? item.model };
  if (item.kind.startsWith("relationship")) {
    const what = [item.name ?? item.relationship, item.target].filter(Boolean).join(" → ");
    return [{ ...base, property: what || item.id }];
  }
  if (item.kind !== "twinChanged") return [base];
  return item.properties.map(({ path, old, new: now }) => {
    const property = contents?.properties.find((each) => each.path === path);
    return { ...base, property: property?.displayName ?? path, path, unit: property?.unit, schema: property?.schema, old, now };
  });
}

/** The table. */
export function table(rows) {
  const { world, other } = store.state;
  return h("table", { class: "diff-table", id: "diff-table" },
    h("thead", {}, h("tr", {},
      h("th", { scope: "col" }, () => T.twin), h("th", { scope: "col" }, () => T.property),
      h("th", { scope: "col", class: "number" }, () => nameOfWorld(other)),
      h("th", { scope: "col", class: "number" }, () => nameOfWorld(world)),
      h("th", { scope: "col", class: "number" }, () => T.delta))),
    h("tbody", {}, rows.map((each, i) => {
      const isFirst = rows[i - 1]?.twin !== each.twin;
      return h("tr", { class: isFirst ? "first" : "" },
        isFirst ? h("th", { scope: "row" }, h("button", {
          class: "link", onclick: () => store.set({ selection: [each.twin] }), title: each.twin,
        }, each.name ?? each.twin), h("span", { class: "quiet-text" }, () => displayName(each.model, "")))
          : h("td", { class: "again" }),
        ...cells(each));
    })));
}

function cells(row) {
  if (row.path === undefined) {
    return [h("td", {}, row.property ?? ""), h("td", { colspan: 3, class: "number" }, () => T[row.kind] ?? row.kind)];
  }
  const delta = typeof row.old === "number" && typeof row.now === "number" ? row.now - row.old : null;
  return [
    h("td", {}, () => displayName(row.property, row.path)),
    h("td", { class: "number" }, () => shown(row.old, row)),
    h("td", { class: "number" }, () => shown(row.now, row)),
    h("td", { class: "number delta" }, () => (delta === null ? "" : `${delta > 0 ? "▲" : "▼"} ${number(delta, row.unit, { signed: true })}`)),
  ];
}

function shown(value, { unit, schema }) {
  if (typeof value === "number") return number(value, unit);
  const named = schema?.enumValues?.find((each) => each.enumValue === value);
  const whole = named ? displayName(named.displayName, named.name) : text(value);
  return whole.length > 60 ? `${whole.slice(0, 59)}…` : whole;
}
