/** What moving twins from one model to another would do. @module */
import { request, worldPath } from "../core/api.js";
import { openDialog } from "../core/dialog.js";
import { fill, h } from "../core/dom.js";
import { words } from "../core/i18n.js";
import { failed } from "../core/notice.js";
import { store } from "../core/store.js";
import { chooser } from "./picks.js";

const T = words({
  title: [(name) => `What moving the twins of "${name}" would do`, (name) => `"${name}" 트윈을 옮기면`],
  to: ["To the model", "옮길 모델"],
  ask: ["Preview", "미리 보기"],
});

/** Opens the window that says what moving the twins of a model would do; nothing is moved. */
export function openMigration(models, from) {
  const to = chooser(() => T.to, () => fill(answer));
  const answer = h("div", { class: "migration", role: "status" });
  const others = models.items.filter((item) => item.id !== from && !item.decommissioned);
  to.set(others.map((item) => ({ value: item.id, label: `${models.name(item.id)} (${item.id})` })));
  const dialog = openDialog(() => T.title(models.name(from)), h("form", {
    onsubmit: (event) => {
      event.preventDefault();
      ask().catch(failed);
    },
  }, h("div", { class: "row" }, to.element, h("button", { class: "primary" }, () => T.ask)), answer));
  dialog.classList.add("roomy");

  async function ask() {
    const body = { from, to: to.value(), preview: true };
    fill(answer, told(await request("POST", worldPath(store.state.world, "migrations"), { body })));
  }
}

/** What the server answers, member by member: numbers and texts as they are, lists as tables. */
function told(answer) {
  const text = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value ?? ""));
  return Object.entries(answer).map(([name, value]) => {
    const label = h("span", { class: "quiet-text" }, `${name}: `);
    if (!Array.isArray(value)) return h("p", {}, label, text(value));
    const rows = value.slice(0, 100).map((each) => (typeof each === "object" ? each : { [name]: each }));
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    return [h("h3", {}, `${name} (${value.length})`), rows.length > 0 && h("table", {},
      h("thead", {}, h("tr", {}, columns.map((each) => h("th", { scope: "col" }, each)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, columns.map((each) => h("td", {}, text(row[each])))))))];
  });
}
