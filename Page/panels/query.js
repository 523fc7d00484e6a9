/** The query workbench. @module */
import { hasRoute, query, request } from "../core/api.js";
import { inSight, soon } from "../core/calm.js";
import { fill, h } from "../core/dom.js";
import { instant, number, unitSymbol } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { catalogue } from "../core/models.js";
import { failed } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { makeEditor } from "./editor.js";
import { mostFiltered } from "./filter.js";
import { completions, placeIn } from "./language.js";
import { adder } from "./picks.js";
import { ask, pageSize } from "./query-page.js";
import { drawPlan, makeResults } from "./query-results.js";
import { mountSaved } from "./query-saved.js";
import { examples, firstText, history, remember } from "./query-texts.js";

const T = words({
  editor: ["Query", "질의"],
  run: ["Run", "실행"],
  plan: ["Explain", "계획"],
  examples: ["Examples…", "예제…"],
  history: ["History…", "기록…"],
  hint: ["Ctrl+Enter runs, Ctrl+Space completes, Tab leaves the editor.",
    "Ctrl+Enter 실행, Ctrl+Space 자동 완성, Tab으로 편집기에서 나갑니다."],
  where: [(world, when) => `Asks ${world}, ${when}`, (world, when) => `${world}에 질의, ${when}`],
  now: ["now", "지금"],
  asOf: [(when) => `as of ${when}`, (when) => `${when} 시점`],
  answer: [(n, charge, ms) => `Rows: ${n} · charge ${charge} · ${ms} ms`,
    (n, charge, ms) => `행 ${n}개 · 비용 ${charge} · ${ms} ms`],
  cost: [(charge, ms) => `charge ${charge} · ${ms} ms`, (charge, ms) => `비용 ${charge} · ${ms} ms`],
  more: [(n) => `Bring ${n} more`, (n) => `${n}행 더 가져오기`],
  running: ["Running…", "실행 중…"],
});

const mostRows = 10000;
const isExplained = /^EXPLAIN\s+/i;

/** Puts the workbench into the panel. */
export async function mount(element) {
  const view = { isShown: false, text: null, isPlan: false, pages: 1, answer: null, of: null,
    milliseconds: 0 };
  const box = h("div", { class: "query-editor" });
  const where = h("p", { class: "tip" });
  const fault = h("p", { class: "query-fault", role: "alert", hidden: true });
  const status = h("p", { class: "readout", role: "status" });
  const more = h("button", { hidden: true, onclick: () => bringMore() }, () => T.more(number(pageSize)));
  const planBox = h("div", { hidden: true });
  const results = makeResults(allRows);
  const sample = adder(() => T.examples, (value) => editor.set(value));
  const earlier = adder(() => T.history, (value) => editor.set(value));
  const saved = h("div", { class: "row" });
  element.append(box,
    h("div", { class: "row" },
      h("button", { class: "primary", onclick: () => start(false) }, () => T.run),
      h("button", { onclick: () => start(true) }, () => T.plan),
      sample.element, earlier.element, saved),
    h("p", { class: "tip" }, () => T.hint), where, fault,
    h("div", { class: "row" }, status, more), planBox, results.element);
  const editor = await makeEditor(box, {
    text: firstText(),
    label: T.editor,
    onRun: () => start(false),
    onChange: () => {
      fault.hidden = true;
    },
    complete: async (text, at) => {
      const worlds = store.state.worlds.map((each) => each.name);
      return completions(text, at, await catalogue(), worlds, ({ displayName: name, unit }) =>
        [displayName(name, ""), unitSymbol(unit)].filter(Boolean).join(", "));
    },
  });
  if (store.state.worlds.length === 0) store.set({ worlds: (await request("GET", "/v1/worlds")).items });
  if (await hasRoute("GET", "/v1/saved/{kind}")) mountSaved(saved, editor);

  function start(isPlan) {
    const text = editor.text().trim();
    if (text === "") return;
    remember(editor.text());
    offer();
    Object.assign(view, { text, isPlan: isPlan || isExplained.test(text), pages: 1, answer: null });
    run();
  }

  const run = latest(async (signal) => {
    if (!view.isShown || view.text === null) return;
    const { text, isPlan, pages } = view;
    const { world, at } = store.state;
    const sent = isPlan && !isExplained.test(text) ? `EXPLAIN ${text}` : text;
    const of = `${world} ${at}`;
    const before = view.answer && view.of === of && pages > view.answer.pages ? view.answer : null;
    const began = performance.now();
    element.setAttribute("aria-busy", "true");
    status.textContent = T.running;
    try {
      const answer = await ask(sent, { world, at }, pages, before, signal);
      Object.assign(view, { answer, of, milliseconds: performance.now() - began });
      fault.hidden = true;
      mark(null);
      await draw();
    } catch (error) {
      status.textContent = "";
      if (error.code !== "invalidQuery") throw error;
      showFault(error, sent);
    } finally {
      element.removeAttribute("aria-busy");
    }
  }, failed);

  async function allRows() {
    const { rows, next } = view.answer;
    return next === undefined ? rows : query(view.text, { most: mostFiltered });
  }

  let marked = null;

  function mark(place) {
    if (place === null && marked === null) return;
    marked = place;
    editor.fault(place);
  }

  /** Says what is wrong, and marks it where it is in the editor. */
  function showFault(error, sent) {
    const [message] = error.problem.detail.split("\n");
    fault.hidden = false;
    fill(fault, message, h("span", { class: "quiet-text" }, ` ${error.place ?? ""}`));
    const place = placeIn(sent, error.place);
    const shift = editor.text().indexOf(view.text) - (sent.length - view.text.length);
    mark(place === null ? null : Math.max(0, place + shift));
  }

  function bringMore() {
    view.pages += 1;
    run();
  }

  async function draw() {
    const { answer: { rows, next, charge }, milliseconds, isPlan } = view;
    const cost = [number(charge), number(milliseconds, null, { digits: 3 })];
    const count = `${number(rows.length)}${next ? "+" : ""}`;
    status.textContent = isPlan ? T.cost(...cost) : T.answer(count, ...cost);
    more.hidden = next === undefined || rows.length >= mostRows;
    planBox.hidden = !isPlan;
    results.element.hidden = isPlan;
    if (isPlan) drawPlan(planBox, rows);
    else await results.show(rows, view.text);
  }

  function offer() {
    sample.set(examples());
    earlier.set(history());
  }

  function say() {
    const { world, at } = store.state;
    where.textContent = T.where(world, at === null ? T.now : T.asOf(instant(at)));
  }

  offer();
  say();
  store.on(["world", "at"], () => {
    say();
    run();
  });
  const again = soon(run, 1000);
  store.on(["revision"], () => {
    if (store.state.at === null && view.isShown && view.milliseconds < 500) again();
  });
  store.on(["other", "otherAt", "language"], () => {
    say();
    offer();
    editor.name(T.editor);
  });
  store.on(["language", "theme"], () => {
    if (view.isShown && view.answer !== null) draw().catch(failed);
  });
  return inSight(view, run);
}
