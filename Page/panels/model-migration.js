/** What moving twins from one model to another would do. @module */
import { request, worldPath } from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { words } from "../core/i18n.js";
import { failed } from "../core/notice.js";
import { store } from "../core/store.js";
import { chooser } from "./picks.js";

const T = words({
  open: ["Migration preview…", "이전 미리 보기…"],
  title: [(name) => `What moving the twins of "${name}" would do`, (name) => `"${name}" 트윈을 옮기면`],
  to: ["To the model", "옮길 모델"],
  ask: ["Preview", "미리 보기"],
  close: ["Close", "닫기"],
});

/** Makes the dialog and the button that opens it: `button(models, from)`. */
export function mountMigration() {
  const title = h("h2");
  const to = chooser(() => T.to, () => fill(answer));
  const answer = h("div", { class: "migration", role: "status" });
  let from = null;
  const dialog = h("dialog", { class: "upload", "aria-label": () => T.open }, h("form", {
    onsubmit: (event) => {
      event.preventDefault();
      ask().catch(failed);
    },
  }, title, h("div", { class: "row" }, to.element, h("button", { class: "primary" }, () => T.ask),
    h("button", { type: "button", onclick: () => dialog.close() }, () => T.close)), answer));
  document.body.append(dialog);

  async function ask() {
    const body = { from, to: to.value(), preview: true };
    const found = await request("POST", worldPath(store.state.world, "migrations"), { body });
    fill(answer, lines(found));
  }

  /** What the server answers, member by member: numbers and texts as they are, lists as tables. */
  function lines(found) {
    return Object.entries(found).filter(([, value]) => value !== null && value !== "").map(([name, value]) => {
      if (!Array.isArray(value)) {
        return h("p", {}, h("span", { class: "quiet-text" }, `${name}: `), typeof value === "object" ? JSON.stringify(value) : String(value));
      }
      const rows = value.slice(0, 100).map((each) => (typeof each === "object" ? each : { [name]: each }));
      const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
      return [h("h3", {}, `${name} (${value.length})`), rows.length === 0 ? null : h("table", {},
        h("thead", {}, h("tr", {}, columns.map((each) => h("th", { scope: "col" }, each)))),
        h("tbody", {}, rows.map((row) => h("tr", {}, columns.map((each) =>
          h("td", {}, typeof row[each] === "object" ? JSON.stringify(row[each]) : String(row[each] ?? "")))))))];
    });
  }

  return {
    button: (models, id) => h("button", {
      onclick: () => {
        from = id;
        title.textContent = T.title(models.name(id));
        const others = models.items.filter((item) => item.id !== id && !item.decommissioned);
        to.set(others.map((item) => ({ value: item.id, label: `${models.name(item.id)} (${item.id})` })));
        fill(answer);
        dialog.showModal();
      },
    }, T.open),
  };
}
