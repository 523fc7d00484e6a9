/** Queries that are kept on the server. @module */
import { get, request } from "../core/api.js";
import { openDialog } from "../core/dialog.js";
import { h } from "../core/dom.js";
import { words } from "../core/i18n.js";
import { failed, notice } from "../core/notice.js";
import { store } from "../core/store.js";
import { adder } from "./picks.js";

const T = words({
  saved: ["Saved queries…", "저장한 질의…"],
  save: ["Save…", "저장…"],
  name: ["Name of the query", "질의 이름"],
  shared: ["For everybody", "모두에게 공개"],
  keep: ["Save", "저장"],
  remove: ["Delete…", "삭제…"],
  done: [(name) => `Saved "${name}".`, (name) => `"${name}" 저장됨`],
  gone: [(name) => `Deleted "${name}".`, (name) => `"${name}" 삭제됨`],
});

/** Puts the list of saved queries and the way to save one beside the editor. */
export function mountSaved(element, editor) {
  let all = [];
  const open = adder(() => T.saved, (index) => editor.set(all[index].body.query));
  const remove = adder(() => T.remove, (name) => drop(name).catch(failed));
  element.append(open.element, h("button", { onclick: openSave }, () => T.save), remove.element);

  function openSave() {
    const name = h("input", { required: true, maxlength: "64" });
    const shared = h("input", { type: "checkbox" });
    const dialog = openDialog(() => T.save, h("form", {
      onsubmit: (event) => {
        event.preventDefault();
        keep(name.value, shared.checked).then(() => dialog.close()).catch(failed);
      },
    }, h("label", { class: "pick" }, () => T.name, name),
    h("p", {}, h("label", { class: "row" }, shared, () => T.shared)),
    h("button", { class: "primary" }, () => T.keep)));
  }

  async function load() {
    all = (await get("/v1/saved/query", { pageSize: 1000 })).items;
    const option = (each) => ({ value: String(all.indexOf(each)), label: each.name });
    open.set(all.map(option));
    const mine = all.filter((each) => each.owner === store.state.who?.id);
    remove.set(mine.map((each) => ({ value: each.name, label: each.name })));
  }

  async function keep(name, shared) {
    const body = { shared, body: { query: editor.text() } };
    await request("PUT", `/v1/saved/query/${encodeURIComponent(name)}`, { body });
    notice(T.done(name));
    await load();
  }

  async function drop(which) {
    await request("DELETE", `/v1/saved/query/${encodeURIComponent(which)}`);
    notice(T.gone(which));
    await load();
  }

  load().catch(failed);
}
