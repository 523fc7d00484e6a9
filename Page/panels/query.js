/** The query workbench. @module */
import { hasRoute, query, request, worldPath } from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { instant, number, unitSymbol } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { failed } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { catalogue } from "./catalogue.js";
import { makeEditor } from "./editor.js";
import { mostFiltered } from "./filter.js";
import { completions, placeIn } from "./language.js";
import { adder } from "./picks.js";
import { drawPlan, makeResults } from "./query-results.js";
import { mountSaved } from "./query-saved.js";

const T = words({
  editor: ["Query", "질의"],
  run: ["Run", "실행"],
  plan: ["Explain", "계획"],
  examples: ["Examples…", "예제…"],
  history: ["History…", "기록…"],
  hint: ["Ctrl+Enter runs, Ctrl+Space completes, Escape then Tab leaves the editor.",
    "Ctrl+Enter 실행, Ctrl+Space 자동 완성, Escape 뒤 Tab으로 편집기에서 나갑니다."],
  where: [(world, when) => `Asks ${world}, ${when}`, (world, when) => `${world}에 질의, ${when}`],
  now: ["now", "지금"],
  asOf: [(when) => `as of ${when}`, (when) => `${when} 시점`],
  answer: [(n, more, charge, ms) => `${n}${more ? "+" : ""} rows · charge ${charge} · ${ms} ms`,
    (n, more, charge, ms) => `${n}${more ? "+" : ""}행 · 비용 ${charge} · ${ms} ms`],
  cost: [(charge, ms) => `charge ${charge} · ${ms} ms`, (charge, ms) => `비용 ${charge} · ${ms} ms`],
  more: [(n) => `Bring ${n} more`, (n) => `${n}행 더 가져오기`],
  running: ["Running…", "실행 중…"],
  models: ["How many twins of each model", "모델별 트윈 수"],
  recent: ["What changed last", "가장 최근에 바뀐 것"],
  relations: ["How many relationships of each name", "이름별 관계 수"],
  busiest: ["Where most relationships lead", "관계가 가장 많이 향하는 곳"],
  differ: ["What differs between two worlds", "두 월드의 차이"],
});

const examples = {
  models: "SELECT T.$metadata.$model AS model, COUNT() AS twins\nFROM DIGITALTWINS T\n" +
    "GROUP BY T.$metadata.$model\nORDER BY twins DESC",
  recent: "SELECT T.$dtId, T.name, T.$metadata.$lastUpdateTime AS changed\nFROM DIGITALTWINS T\n" +
    "ORDER BY T.$metadata.$lastUpdateTime DESC\nLIMIT 100",
  relations: "SELECT R.$relationshipName AS name, COUNT() AS relationships\nFROM RELATIONSHIPS R\n" +
    "GROUP BY R.$relationshipName\nORDER BY relationships DESC",
  busiest: "SELECT R.$targetId, COUNT() AS incoming\nFROM RELATIONSHIPS R\nGROUP BY R.$targetId\n" +
    "ORDER BY incoming DESC\nLIMIT 50",
};
const kept = "nuri.queries";
const pageSize = 1000;
const mostRows = 10000;

/** Puts the workbench into the panel. */
export async function mount(element) {
  const view = { isShown: false, text: null, isPlan: false, rows: [], next: undefined, charge: 0, milliseconds: 0 };
  const run = h("button", { class: "primary", onclick: () => start(false) }, () => T.run);
  const plan = h("button", { onclick: () => start(true) }, () => T.plan);
  const box = h("div", { class: "query-editor" });
  const where = h("p", { class: "hint" });
  const fault = h("p", { class: "query-fault", role: "alert", hidden: true });
  const status = h("p", { class: "readout", role: "status" });
  const more = h("button", { hidden: true, onclick: () => bringMore() });
  const planBox = h("div", { hidden: true });
  const results = makeResults(allRows);
  const sample = adder(() => T.examples, (value) => editor.set(value));
  const history = adder(() => T.history, (value) => editor.set(value));
  const saved = h("div", { class: "row" });
  element.append(box,
    h("div", { class: "row" }, run, plan, sample.element, history.element, saved),
    h("p", { class: "hint" }, () => T.hint), where, fault,
    h("div", { class: "row" }, status, more), planBox, results.element);
  const editor = await makeEditor(box, {
    text: JSON.parse(sessionStorage.getItem(kept) ?? "[]")[0] ?? examples.models,
    label: T.editor,
    onRun: () => start(false),
    onChange: () => {
      fault.hidden = true;
    },
    complete: async (text, at) => completions(text, at, await catalogue(), store.state.worlds.map((each) => each.name), (property) =>
      [displayName(property.displayName, ""), unitSymbol(property.unit)].filter(Boolean).join(", ")),
  });
  if (store.state.worlds.length === 0) store.set({ worlds: (await request("GET", "/v1/worlds")).items });
  if (await hasRoute("GET", "/v1/saved/{kind}")) mountSaved(saved, editor);

  function start(isPlan) {
    const text = editor.text().trim().replace(/^EXPLAIN\s+/i, (found) => (isPlan ? "" : found));
    if (text === "") return;
    remember(editor.text());
    Object.assign(view, { text, isPlan: isPlan || /^EXPLAIN\s/i.test(text), pages: 1 });
    ask();
  }

  const ask = latest(async (signal) => {
    if (!view.isShown || view.text === null) return;
    const { text, isPlan } = view;
    const { world, at } = store.state;
    const began = performance.now();
    element.setAttribute("aria-busy", "true");
    status.textContent = T.running;
    try {
      const sent = isPlan && !/^EXPLAIN\s/i.test(text) ? `EXPLAIN ${text}` : text;
      const body = { query: sent, pageSize, ...(at === null ? {} : { at }) };
      const rows = [];
      let charge = 0;
      let next;
      for (let page = 0; page < view.pages; page += 1) {
        const answer = await request("POST", worldPath(world, "query"), { body, signal });
        rows.push(...answer.items);
        charge += answer.charge;
        next = answer.next;
        if (next === undefined) break;
        body.continuation = next;
      }
      Object.assign(view, { rows, next, charge, milliseconds: performance.now() - began });
      fault.hidden = true;
      editorFault(null);
      await draw();
    } catch (error) {
      status.textContent = "";
      if (error.code !== "invalidQuery") throw error;
      showFault(error, text, isPlan);
    } finally {
      element.removeAttribute("aria-busy");
    }
  }, failed);

  async function allRows() {
    return view.next === undefined ? view.rows : query(view.text, { most: mostFiltered });
  }

  let marked = null;
  function editorFault(place) {
    if (place === null && marked === null) return;
    marked = place;
    editor.fault(place);
  }

  function showFault(error, text, isPlan) {
    const [message] = error.problem.detail.split("\n");
    fault.hidden = false;
    fill(fault, message, h("span", { class: "quiet-text" }, ` ${error.place ?? ""}`));
    const offset = editor.text().indexOf(text);
    const sent = isPlan && !/^EXPLAIN\s/i.test(text) ? `EXPLAIN ${text}` : text;
    const place = placeIn(sent, error.place);
    editorFault(place === null ? null : Math.max(0, place - (sent.length - text.length) + Math.max(0, offset)));
  }

  function bringMore() {
    view.pages += 1;
    ask();
  }

  async function draw() {
    const { rows, next, charge, milliseconds, isPlan } = view;
    status.textContent = isPlan ? T.cost(number(charge), number(milliseconds, null, { digits: 3 })) : T.answer(number(rows.length), next !== undefined, number(charge), number(milliseconds, null, { digits: 3 }));
    more.hidden = next === undefined || rows.length >= mostRows;
    more.textContent = T.more(number(pageSize));
    planBox.hidden = !isPlan;
    results.element.hidden = isPlan;
    if (isPlan) drawPlan(planBox, rows);
    else await results.show(rows, view.text);
  }

  function remember(text) {
    const all = JSON.parse(sessionStorage.getItem(kept) ?? "[]").filter((each) => each !== text);
    sessionStorage.setItem(kept, JSON.stringify([text, ...all].slice(0, 30)));
    offer();
  }

  function offer() {
    sample.set([...Object.entries(examples).map(([key, value]) => ({ value, label: T[key] })), {
      value: `SELECT D.kind, D.id, D.property, D.old, D.new\nFROM DIFF(WORLD '${store.state.world}', ` +
        `WORLD '${store.state.other ?? store.state.world}') D`,
      label: T.differ,
    }]);
    history.set(JSON.parse(sessionStorage.getItem(kept) ?? "[]").map((value) => ({
      value, label: value.replaceAll(/\s+/g, " ").slice(0, 70),
    })));
  }

  function say() {
    const { world, at } = store.state;
    where.textContent = T.where(world, at === null ? T.now : T.asOf(instant(at)));
  }

  let due = null;
  offer();
  say();
  store.on(["world", "at"], () => {
    say();
    ask();
  });
  store.on(["revision"], () => {
    if (store.state.at !== null || due !== null || !view.isShown || view.text === null) return;
    due = setTimeout(() => {
      due = null;
      ask();
    }, Math.max(1000, 4 * view.milliseconds));
  });
  store.on(["other", "language"], () => {
    say();
    offer();
    editor.name(T.editor);
  });
  store.on(["language", "theme"], () => {
    if (view.isShown && view.rows.length > 0) draw().catch(failed);
  });
  return {
    show() {
      view.isShown = true;
      if (view.text !== null) ask();
    },
    hide() {
      view.isShown = false;
    },
  };
}
