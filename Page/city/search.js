/** Search at the top: by name or id as one types, by a query that begins with SELECT. @module */
import { query, quoted } from "../core/api.js";
import { byId, fill, h } from "../core/dom.js";
import { displayName, words } from "../core/i18n.js";
import { failed, notice } from "../core/notice.js";
import { openPanel } from "../core/panels.js";
import { latest, store } from "../core/store.js";
import { allLayers, layerOf } from "./layers.js";
import { go } from "./relations.js";
import { nameOf, named } from "./twins.js";

const T = words({
  label: ["Search by name or id, or SELECT …", "이름이나 ID 검색, 또는 SELECT …"],
  short: ["Name, id, or SELECT …", "이름, ID 또는 SELECT …"],
  none: ["Nothing found.", "찾은 것이 없습니다."],
  found: [(n) => `${n} found`, (n) => `${n}개 찾음`],
  filter: ["Show only these on the map", "지도에 이것만 보기"],
  run: ["Press Enter to run the query.", "Enter를 누르면 질의합니다."],
  noIds: ["The query's rows have no $dtId, so they cannot be shown on the map.", "질의 결과에 $dtId가 없어 지도에 나타낼 수 없습니다."],
});
const shown = 12;
const filtered = 20000;

let rows = [];
let active = -1;
let input = null;
let list = null;
let status = null;
const search = latest(find, failed);

/** Puts the field into the page. */
export function startSearch() {
  list = h("ul", { id: "found", role: "listbox", hidden: true, "aria-label": () => T.label });
  status = h("span", { class: "visually-hidden", role: "status" });
  input = h("input", {
    id: "search-text", type: "search", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-expanded": "false",
    "aria-controls": "found", "aria-autocomplete": "list", "aria-label": () => T.label, placeholder: () => T.short,
    oninput: () => typed(), onkeydown: key, onfocus: () => rows.length > 0 && open(true),
  });
  byId("search").append(h("div", { class: "search-box" }, input, list, status));
  byId("search").addEventListener("focusout", ({ relatedTarget }) => {
    if (!byId("search").contains(relatedTarget)) open(false);
  });
  store.on(["who", "world", "at"], () => show([]));
}

function isQuery() {
  return /^\s*select\b/i.test(input.value);
}

let timer = 0;

function typed() {
  clearTimeout(timer);
  if (isQuery()) {
    show([], T.run);
    return;
  }
  timer = setTimeout(search, 120);
}

/** Names that begin with the text come first; then names that have it; then ids. */
async function find(signal) {
  const text = input.value.trim();
  if (text === "") {
    show([]);
    return;
  }
  const columns = "T.$dtId, T.name, T.nameEn, T.$metadata.$model AS model";
  const part = quoted(text);
  const title = quoted(text[0].toUpperCase() + text.slice(1));
  const has = `CONTAINS(T.name, ${part}) OR CONTAINS(T.nameEn, ${part}) OR CONTAINS(T.nameEn, ${title})`;
  const [named, ids] = await Promise.all([
    query(`SELECT TOP(200) ${columns} FROM DIGITALTWINS T WHERE ${has}`, { signal }),
    query(`SELECT TOP(${shown}) ${columns} FROM DIGITALTWINS T WHERE CONTAINS(T.$dtId, ${part})`, { signal }),
  ]);
  if (input.value.trim() !== text) return;
  const count = new Map(allLayers().map(({ model, count }) => [model, count]));
  const rank = (row) => (begins(row, text) ? 0 : 1e9) + (count.get(row.model) ?? 1e8);
  named.sort((a, b) => rank(a) - rank(b));
  const all = [...new Map([...named, ...ids].map((row) => [row.$dtId, row])).values()];
  show(all, all.length === 0 ? T.none : undefined, all.length);
}

function begins({ name = "", nameEn = "" }, text) {
  return name.startsWith(text) || nameEn.toLowerCase().startsWith(text.toLowerCase());
}

/** Runs what is typed as a query; its twins can be gone to, and filter the map. */
async function runQuery() {
  try {
    const text = input.value.trim();
    const found = await query(text, { most: filtered });
    const ids = [...new Set(found.flatMap(idsOf))];
    if (found.length > 0 && ids.length === 0) {
      notice(T.noIds);
      return;
    }
    const names = await named(ids.slice(0, shown));
    show(ids.map((id) => names.get(id) ?? { $dtId: id }), ids.length === 0 ? T.none : undefined, ids.length, () =>
      store.set({ filter: { label: shortened(text), query: text, ids: new Set(ids) } }));
  } catch (error) {
    failed(error);
  }
}

function shortened(text) {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** The ids in a row: its own, or those of the twins in it. */
function idsOf(row) {
  if (typeof row.$dtId === "string") return [row.$dtId];
  return Object.values(row).map((each) => each?.$dtId).filter((each) => typeof each === "string");
}

let choices = [];

function show(found, message, count = found.length, filter = null) {
  rows = found.slice(0, shown);
  active = -1;
  choices = rows.map((row, i) => option(i, "", [h("span", {}, nameOf(row)),
    h("span", { class: "quiet-text" }, [displayName(layerOf(row.model)?.displayName, ""), row.$dtId].filter(Boolean).join(" · "))]));
  const all = filter ?? (count > 1 ? () => filterBy(found) : null);
  if (all && count > 0) {
    choices.push(option(rows.length, "found-filter", `${T.filter} (${count})`));
    rows.push({ filter: all });
  }
  fill(list, choices, message && h("li", { class: "quiet-text found-note", role: "presentation" }, message));
  status.textContent = message ?? (count > 0 ? T.found(count) : "");
  open(choices.length > 0 || Boolean(message));
}

function option(i, kind, children) {
  return h("li", {
    role: "option", id: `found-${i}`, class: kind, "aria-selected": "false",
    onpointerdown: (event) => {
      event.preventDefault();
      choose(i);
    },
  }, children);
}

function filterBy(found) {
  store.set({ filter: { label: input.value.trim(), ids: new Set(found.map(({ $dtId }) => $dtId)) } });
}

function open(isOpen) {
  list.hidden = !isOpen;
  input.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) input.removeAttribute("aria-activedescendant");
}

function key(event) {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (choices.length === 0) return;
    open(true);
    move((active + (event.key === "ArrowDown" ? 1 : choices.length + (active < 0 ? 0 : -1))) % choices.length);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (active >= 0 && !list.hidden) choose(active);
    else if (isQuery()) runQuery();
    else if (rows.length > 0) choose(0);
  } else if (event.key === "Escape") {
    open(false);
  }
}

function move(to) {
  choices[active]?.setAttribute("aria-selected", "false");
  active = to;
  choices[active].setAttribute("aria-selected", "true");
  choices[active].scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", choices[active].id);
}

function choose(i) {
  const row = rows[i];
  open(false);
  if (row.filter) {
    row.filter();
    return;
  }
  go(row.$dtId).catch(failed);
  if (store.state.panel === null) openPanel("card");
}
