/** The tool that sets any property of the selected twins. @module */
import { displayName, words } from "../core/i18n.js";
import { fill, h } from "../core/dom.js";
import { valueAt } from "../core/models.js";
import { store } from "../core/store.js";
import { doing, namesOf, section } from "./tools.js";
import { write } from "./undo.js";
import { valueEditor } from "./values.js";

const T = words({
  property: ["Property", "속성"],
  set: ["Set", "바꾸기"],
  remove: ["Remove the value", "값 없애기"],
  changed: [(what) => `${what} of`, (what) => `${what} 변경:`],
});

/** Sets any property, as its schema says. */
export function propertyTool(twins, contents) {
  const properties = contents.properties.filter((each) => each.writable);
  if (properties.length === 0) return null;
  const place = h("div", { class: "value-editor" });
  let editor = null;
  const select = h("select", { id: "edit-property", dataset: { keep: "property" }, "aria-label": () => T.property,
    onchange: () => draw() }, properties.map((each) => h("option", { value: each.path },
    () => displayName(each.displayName, each.path))));
  const property = () => properties.find((each) => each.path === select.value);
  const draw = () => {
    const value = twins.length === 1 ? valueAt(twins[0], select.value) : undefined;
    // What somebody has put in stays when the panel is drawn anew, as long as the twins are what they were.
    const key = [store.state.world, select.value, ...twins.map((each) => each.$dtId + each.$etag)].join(" ");
    if (kept?.key !== key) kept = { key, editor: valueEditor(property(), value) };
    editor = kept.editor;
    editor.element.id = "edit-value";
    remove.disabled = twins.length === 1 && value === undefined;
    fill(place, editor.element,
      property().description && h("p", { class: "quiet-text hint" }, () => displayName(property().description, "")));
  };
  const put = (read) => doing(async () => {
    const value = read();
    const operations = twins.map(({ $dtId: id }) => ({ op: "patchTwin", id, set: { [select.value]: value } }));
    await write(operations, `${T.changed(displayName(property().displayName, select.value))} ${namesOf(twins)}`);
  });
  const remove = h("button", { onclick: put(() => null) }, () => T.remove);
  const preferred = properties.find((each) => each.path === chosen);
  if (preferred) select.value = preferred.path;
  select.addEventListener("change", () => {
    chosen = select.value;
  });
  draw();
  return section(() => T.property, select, place, h("div", { class: "row" },
    h("button", { id: "edit-set", class: "primary", onclick: put(() => editor.read()) }, () => T.set), remove));
}

let chosen = null;
let kept = null;
