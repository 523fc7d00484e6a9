/** Sharing: the address of what is shown, and views that are kept by name. @module */
import { get, hasRoute, request } from "../core/api.js";
import { copyButton } from "../core/clipboard.js";
import { ask } from "../core/dialog.js";
import { fill, h } from "../core/dom.js";
import { emptyState } from "../core/empty.js";
import { instant } from "../core/format.js";
import { words } from "../core/i18n.js";
import { currentView, linkTo, showView, viewKeys } from "../core/link.js";
import { failed, notice } from "../core/notice.js";
import { bringPanel } from "../core/panels.js";
import { may } from "../core/session.js";
import { store } from "../core/store.js";
import { principalName } from "./names.js";

const T = words({
  views: ["Share and saved views", "공유와 저장한 화면"],
  link: ["Link to this view", "이 화면의 링크"],
  linkText: ["Opens the same world, instant, place, colours and selection for everybody who may see them.",
    "볼 수 있는 사람이라면 같은 세계, 시각, 위치, 색, 선택으로 열립니다."],
  copy: ["Copy the link", "링크 복사"],
  saved: ["Saved views", "저장한 화면"],
  name: ["Name", "이름"],
  shared: ["for everybody", "모두에게 보이기"],
  save: ["Save this view", "이 화면 저장"],
  kept: [(name) => `“${name}” is saved.`, (name) => `“${name}” 화면을 저장했습니다.`],
  remove: ["Delete", "삭제"],
  removeName: [(name) => `Delete ${name}`, (name) => `${name} 삭제`],
  removeTitle: [(name) => `Delete the view “${name}”?`, (name) => `“${name}” 화면을 삭제할까요?`],
  removeText: ["It disappears for everybody who sees it.", "이 화면을 보는 모두에게서 사라집니다."],
  removeOwn: ["This can't be taken back.", "되돌릴 수 없습니다."],
  replaceTitle: [(name) => `Replace the view “${name}”?`, (name) => `“${name}” 화면을 바꿀까요?`],
  replaceText: ["You have a view of this name already.", "같은 이름의 화면이 이미 있습니다."],
  replace: ["Replace", "바꾸기"],
  by: [(who) => `by ${who}`, (who) => `${who}`],
  own: ["only you", "나만"],
  now: ["now", "지금"],
  none: ["No saved views yet", "저장한 화면이 아직 없습니다"],
  noneText: ["Look at something worth coming back to, give it a name above, and it waits here.",
    "다시 보고 싶은 화면을 연 뒤, 위에 이름을 적어 저장하세요."],
});

let list;
let saver;
let names = new Set();

/** Brings the panel. */
export function startViews() {
  const link = h("input", {
    class: "mono", readonly: true, "aria-label": () => T.link, onfocus: () => link.select(),
  });
  const follow = () => {
    link.value = linkTo();
  };
  bringPanel({
    id: "views", title: () => T.views, icon: "M6 3.5h12v17l-6-4.5-6 4.5z",
    mount: (element) => {
      saver = h("div", {});
      list = h("div", {});
      fill(element, h("h3", { class: "first" }, () => T.link), h("p", { class: "quiet-text" }, () => T.linkText),
        h("div", { class: "row nowrap" }, link, copyButton(linkTo, () => T.copy)), saver, list);
      store.on(viewKeys, follow);
    },
    show: () => {
      follow();
      load().catch(failed);
    },
  });
}

const path = (name = null) => `/v1/saved/view${name === null ? "" : `/${encodeURIComponent(name)}`}`;

async function load() {
  if (!(await hasRoute("GET", "/v1/saved/{kind}"))) return;
  const found = await get(path(), { pageSize: 1000 });
  names = new Set(found.items.filter(isOwn).map(({ name }) => name));
  if (saver.childElementCount === 0) fill(saver, h("h3", {}, () => T.saved), form());
  fill(list, found.items.length === 0 ? emptyState(() => T.none, () => T.noneText)
    : h("ul", { class: "views" }, found.items.map(line)));
}

function form() {
  const name = h("input", {
    name: "name", required: true, maxlength: "64", autocomplete: "off", "aria-label": () => T.name,
    placeholder: () => T.name,
  });
  const shared = h("input", { type: "checkbox", name: "shared" });
  return h("form", {
    class: "row save-view",
    onsubmit: (event) => {
      event.preventDefault();
      save(name.value.trim(), shared.checked).then((isSaved) => {
        if (isSaved) name.value = "";
      }).catch(failed);
    },
  }, name, may("write") && h("label", { class: "several" }, shared, h("span", {}, () => T.shared)),
  h("button", { type: "submit", class: "primary" }, () => T.save));
}

async function save(name, shared) {
  const isNew = !names.has(name);
  if (!isNew && !(await ask(() => T.replaceTitle(name), () => T.replaceText, () => T.replace))) return false;
  const { panel, ...body } = currentView();
  if (panel && panel !== "views") body.panel = panel;
  await request("PUT", path(name), { body: { shared, body } });
  notice(T.kept(name));
  await load();
  return true;
}

const isOwn = ({ owner }) => owner === store.state.who.id;

function line(view) {
  const { name, owner, shared, body } = view;
  const about = () => [
    body.world ?? "live", body.other && `↔ ${body.other}`, body.at ? instant(body.at) : T.now,
    shared ? T.by(principalName(owner)) : T.own,
  ].filter(Boolean).join(" · ");
  return h("li", {},
    h("button", { class: "quiet view-open", onclick: () => open(body) },
      h("strong", {}, name), h("span", { class: "quiet-text" }, about)),
    (isOwn(view) || may("admin")) && h("button", { class: "small", "aria-label": () => T.removeName(name),
      onclick: () => remove(view).catch(failed) }, () => T.remove));
}

function open(view) {
  showView(view, view.panel ? viewKeys : viewKeys.filter((key) => key !== "panel"));
}

async function remove({ name, owner, shared }) {
  const text = () => (shared ? T.removeText : T.removeOwn);
  if (!(await ask(() => T.removeTitle(name), text, () => T.remove))) return;
  await request("DELETE", path(name), { query: { owner } });
  await load();
}
