/** Finding a twin to begin with, by name or id. @module */
import { fill, h } from "../core/dom.js";
import { words } from "../core/i18n.js";
import { failed } from "../core/notice.js";
import { findTwins } from "./graph-data.js";

const T = words({
  find: ["Find a twin by name or id", "이름이나 식별자로 트윈 찾기"],
  add: ["Add", "추가"],
  none: ["Nothing found.", "찾은 것이 없습니다."],
});

/**
 * Makes the form; what is found by one name alone is taken at once, else one of several is chosen.
 * @param {(id: string) => void} take
 * @param {...Element} beside  further controls of the same row
 */
export function searchForm(take, ...beside) {
  const text = h("input", { type: "search", "aria-label": () => T.find, placeholder: () => T.find });
  const found = h("div", { class: "row panel-found", role: "status" });

  async function find() {
    const rows = await findTwins(text.value);
    const choose = (row) => {
      fill(found);
      text.value = "";
      take(row.id);
    };
    if (rows.length === 1) choose(rows[0]);
    else fill(found, rows.length === 0 ? T.none : rows.map((row) => h("button", {
      type: "button", onclick: () => choose(row),
    }, row.name ?? row.id)));
  }

  return h("form", {
    role: "search",
    class: "row",
    onsubmit: (event) => {
      event.preventDefault();
      find().catch(failed);
    },
  }, text, h("button", {}, () => T.add), beside, found);
}
