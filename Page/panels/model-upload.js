/** Adding models to a world. @module */
import { request, worldPath } from "../core/api.js";
import { list } from "../core/catalogue.js";
import { openDialog } from "../core/dialog.js";
import { h } from "../core/dom.js";
import { number } from "../core/format.js";
import { words } from "../core/i18n.js";
import { notice } from "../core/notice.js";
import { store } from "../core/store.js";

const T = words({
  title: [(world) => `Add models to ${world}`, (world) => `${world}에 모델 추가`],
  hint: ["DTDL: one interface or an array of them. They may refer to one another in any order.",
    "DTDL: 인터페이스 하나 또는 배열. 순서와 관계없이 서로 참조할 수 있습니다."],
  files: ["From files", "파일에서"],
  text: ["DTDL as JSON", "JSON 형식의 DTDL"],
  add: ["Add", "추가"],
  done: [(n) => `Models added: ${n}`, (n) => `모델 ${n}개를 추가했습니다`],
  json: [(detail) => `This is not JSON: ${detail}`, (detail) => `JSON이 아닙니다: ${detail}`],
});

/** Opens the window in which models are added; `reload` is called when some were. */
export function openUpload(reload) {
  const { world } = store.state;
  const fault = h("p", { class: "query-fault", role: "alert", hidden: true });
  const text = h("textarea", {
    class: "mono", rows: "14", spellcheck: "false", required: true, "aria-label": () => T.text,
  });
  const files = h("input", {
    type: "file", accept: ".json,application/json", multiple: true, onchange: () => read().catch(show),
  });
  const form = h("form", {
    class: "model-upload",
    onsubmit: (event) => {
      event.preventDefault();
      send().catch(show);
    },
  }, h("p", { class: "quiet-text" }, () => T.hint),
  h("p", {}, h("label", { class: "row" }, () => T.files, files)), text, fault,
  h("div", { class: "row" }, h("button", { class: "primary" }, () => T.add)));
  const dialog = openDialog(() => T.title(world), form);
  dialog.classList.add("roomy");

  async function read() {
    const all = await Promise.all([...files.files].map((file) => file.text()));
    const models = all.flatMap((each) => list(JSON.parse(each)));
    text.value = JSON.stringify(models.length === 1 ? models[0] : models, null, 2);
    fault.hidden = true;
  }

  async function send() {
    const body = JSON.parse(text.value);
    await request("POST", worldPath(world, "models"), { body });
    dialog.close();
    notice(T.done(number(list(body).length)));
    await reload();
  }

  function show(error) {
    fault.hidden = false;
    fault.textContent = error instanceof SyntaxError ? T.json(error.message) : error.message;
  }
}
