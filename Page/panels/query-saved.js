/** Queries that are kept on the server. @module */
import { get, request } from "../core/api.js";
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
  cancel: ["Cancel", "취소"],
  remove: ["Delete…", "삭제…"],
  done: [(name) => `Saved "${name}".`, (name) => `"${name}" 저장됨`],
  gone: [(name) => `Deleted "${name}".`, (name) => `"${name}" 삭제됨`],
});

/** Puts the list of saved queries and the way to save one beside the editor. */
export function mountSaved(element, editor) {
  let all = [];
  const open = adder(() => T.saved, (index) => editor.set(all[index].body.query));
  const remove = adder(() => T.remove, (name) => drop(name).catch(failed));
  const name = h("input", { required: true, maxlength: "64", "aria-label": () => T.name });
  const shared = h("input", { type: "checkbox" });
  const dialog = h("dialog", { "aria-label": () => T.save }, h("form", {
    method: "dialog",
    onsubmit: (event) => {
      event.preventDefault();
      keep().catch(failed);
    },
  }, h("label", {}, () => T.name, name), h("p", {}, h("label", { class: "row" }, shared, () => T.shared)),
  h("div", { class: "row" }, h("button", { class: "primary" }, () => T.keep),
    h("button", { type: "button", onclick: () => dialog.close() }, () => T.cancel))));
  element.append(open.element, h("button", { onclick: () => dialog.showModal() }, () => T.save), remove.element, dialog);

  async function load() {
    all = (await get("/v1/saved/query", { pageSize: 1000 })).items;
    const option = (each) => ({ value: String(all.indexOf(each)), label: each.name });
    open.set(all.map(option));
    remove.set(all.filter((each) => each.owner === store.state.who?.id).map((each) => ({ value: each.name, label: each.name })));
  }

  async function keep() {
    await request("PUT", `/v1/saved/query/${encodeURIComponent(name.value)}`, {
      body: { shared: shared.checked, body: { query: editor.text() } },
    });
    dialog.close();
    notice(T.done(name.value));
    await load();
  }

  async function drop(which) {
    await request("DELETE", `/v1/saved/query/${encodeURIComponent(which)}`);
    notice(T.gone(which));
    await load();
  }

  load().catch(failed);
}
