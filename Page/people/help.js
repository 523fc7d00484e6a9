/** Help: what the page is for in four lines, and its keys. @module */
import { openDialog } from "../core/dialog.js";
import { byId, h } from "../core/dom.js";
import { words } from "../core/i18n.js";
import { openPanel } from "../core/panels.js";
import { bringShortcuts, shortcutGroups } from "../core/shortcuts.js";
import { store } from "../core/store.js";
import { startTour } from "./tour.js";

const T = words({
  help: ["Help and shortcuts", "도움말과 단축키"],
  what: ["What you can do here", "여기서 할 수 있는 일"],
  look: ["Look: every building, road and sensor is a twin with properties, relationships and a history.",
    "보기: 건물, 도로, 센서 하나하나가 속성, 관계, 이력을 가진 트윈입니다."],
  rewind: ["Rewind: the slider below shows any recorded instant; everything on the page follows it.",
    "되감기: 아래 슬라이더로 기록된 어느 시각이든 볼 수 있고, 화면 전체가 그 시각을 따릅니다."],
  fork: ["Fork: try a change in a world of its own; the live one does not notice.",
    "갈라 내기: 별도의 세계에서 바꿔 봅니다. 실제 세계에는 영향이 없습니다."],
  compare: ["Compare: two worlds side by side, under a swipe, or as their difference.",
    "비교: 두 세계를 나란히, 밀어서, 또는 차이로 봅니다."],
  keys: ["Shortcuts", "단축키"],
  page: ["The page", "페이지"],
  search: ["Search", "검색"],
  close: ["Close the open panel, stop following", "열린 패널 닫기, 따라가기 멈추기"],
  skip: ["Go through the controls", "조작부 사이 이동"],
  tour: ["Take the one-minute tour", "1분 둘러보기"],
});

/** Brings the help and the keys that belong to no part. */
export function startHelp() {
  const group = () => T.page;
  bringShortcuts(
    { keys: ["?"], key: "?", group, text: () => T.help, act: openHelp },
    { keys: ["/"], key: "/", group, text: () => T.search, act: search },
    { keys: ["Esc"], key: "Escape", group, text: () => T.close, act: close },
    { keys: ["Tab"], group, text: () => T.skip },
  );
}

function search() {
  byId("search").querySelector("input")?.focus();
}

function close() {
  if (document.querySelector(":popover-open") || !byId("dock").contains(document.activeElement)) return false;
  const [id] = (store.state.panel ?? "").split("/");
  openPanel(null);
  byId(`tool-${id}`)?.focus();
  return true;
}

/** Opens the help. */
export function openHelp() {
  const body = [
    h("h3", { class: "first" }, () => T.what),
    h("ul", { class: "help-what" },
      ["look", "rewind", "fork", "compare"].map((each) => h("li", {}, () => T[each]))),
    h("button", {
      type: "button",
      onclick: () => {
        element.close();
        startTour();
      },
    }, () => T.tour),
    h("h3", {}, () => T.keys),
    [...shortcutGroups()].map(([name, shortcuts]) => [
      h("h4", {}, name),
      h("dl", { class: "keys" }, shortcuts.map(({ keys, text }) => [
        h("dt", {}, keys.map((key) => h("kbd", {}, key))), h("dd", {}, text)])),
    ]),
  ];
  const element = openDialog(() => T.help, body);
  element.classList.add("wide-dialog");
}
