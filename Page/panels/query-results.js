/** The answer of a query: as a table, on the map, as a graph, as a chart. @module */
import { fill, h } from "../core/dom.js";
import { instant, number, text as shortText } from "../core/format.js";
import { words } from "../core/i18n.js";
import { failed } from "../core/notice.js";
import { openPanel } from "../core/panels.js";
import { store } from "../core/store.js";
import { saveCsv } from "./download.js";
import { filterMap } from "./filter.js";
import { mostNodes } from "./graph-data.js";
import { makeGrid } from "./grid.js";
import { mountRowChart } from "./query-chart.js";
import { makeTabs } from "./tabs.js";

const T = words({
  views: ["Answer", "답"],
  table: ["Table", "표"],
  chart: ["Chart", "차트"],
  rows: ["Rows of the answer", "답의 행"],
  map: ["On the map", "지도에 표시"],
  graph: ["As a graph", "그래프로"],
  none: ["No rows.", "행이 없습니다."],
  step: ["Step", "단계"],
  expected: ["Expected rows", "예상 행"],
  got: ["Rows", "실제 행"],
  plan: ["How the query was answered, the last step first", "질의를 푼 방법, 마지막 단계부터"],
});

/**
 * Makes the place of answers: `show(rows, text)`.
 * @param {() => Promise<object[]>} allRows  asks for the rows that are not here yet too
 */
export function makeResults(allRows) {
  let rows = [];
  let text = "";
  const grid = makeGrid({ caption: () => T.rows, most: 16 });
  const none = h("p", { class: "quiet-text", hidden: true }, () => T.none);
  const chartBox = h("div");
  let chart = null;
  const tabs = makeTabs([
    { id: "table", label: () => T.table, element: h("div", {}, grid.element) },
    { id: "chart", label: () => T.chart, element: chartBox, show: () => drawChart().catch(failed) },
  ], () => T.views, "answer");
  const map = h("button", { onclick: () => showMap().catch(failed) }, () => T.map);
  const graph = h("button", { onclick: showGraph }, () => T.graph);
  const csv = h("button", { class: "quiet", onclick: saveRows }, "CSV");
  const filled = h("div", {}, h("div", { class: "row answer-acts" }, map, graph, h("span", { class: "stretch" }),
    csv), tabs.element);
  tabs.open("table");

  async function drawChart() {
    chart ??= mountRowChart(chartBox);
    await (await chart).show(columnsOf(rows), rows);
  }

  async function showMap() {
    const where = /\bWHERE\b\s*([\s\S]*?)\s*(?:\b(?:GROUP|ORDER)\s+BY\b|\bLIMIT\b|\bOFFSET\b|$)/i;
    const [, condition] = where.exec(text) ?? [];
    filterMap((condition || text).replaceAll(/\s+/g, " ").slice(0, 80), twinIds(await allRows()), text);
  }

  function showGraph() {
    store.set({ selection: twinIds(rows).slice(0, mostNodes) });
    openPanel("graph");
  }

  function saveRows() {
    const names = columnsOf(rows);
    saveCsv(names, grid.rows().map((row) => names.map((name) => row[name])), "nuri-query");
  }

  return {
    element: h("div", { hidden: true }, none, filled),
    async show(newRows, newText) {
      rows = newRows;
      text = newText;
      none.hidden = rows.length > 0;
      filled.hidden = rows.length === 0;
      if (rows.length === 0) return;
      const ids = twinIds(rows);
      map.disabled = ids.length === 0;
      graph.disabled = ids.length === 0;
      grid.set(columnsOf(rows).map((name) => column(name, rows)), rows);
      if (tabs.current() === "chart") await drawChart();
    },
  };
}

/** The names of all columns, in the order in which they come. */
export function columnsOf(rows) {
  const names = new Set();
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  names.delete("$etag");
  return [...names];
}

/** The ids of twins in rows: `$dtId`, whole twins, ends of relationships. */
export function twinIds(rows) {
  const found = new Set();
  const take = (value) => {
    if (value === null || typeof value !== "object") return;
    for (const name of ["$dtId", "$sourceId", "$targetId"]) {
      if (typeof value[name] === "string") found.add(value[name]);
    }
  };
  for (const row of rows) {
    take(row);
    for (const [name, value] of Object.entries(row)) {
      if (/^(id|twin|\$dtId_\d+)$/i.test(name) && typeof value === "string") found.add(value.split("/")[0]);
      take(value);
    }
  }
  return [...found];
}

function column(name, rows) {
  const isNumber = rows.every((row) => row[name] === undefined || typeof row[name] === "number") &&
    rows.some((row) => row[name] !== undefined);
  return {
    key: name,
    label: name,
    isNumber,
    value: (row) => plain(row[name]),
    show: (row) => cell(name, row[name]),
  };
}

function plain(value) {
  return value?.$dtId ?? value?.$relationshipId ?? value;
}

function cell(name, value) {
  if (value === undefined) return "";
  if (typeof value === "number") return number(value, null, { digits: 8 });
  const id = value?.$dtId ?? (/^(\$dtId|\$sourceId|\$targetId)(_\d+)?$/.test(name) ? value : null);
  if (typeof id === "string") {
    return h("button", { onclick: () => store.set({ selection: [id] }) }, value.name ?? id);
  }
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return instant(value);
  return shortText(plain(value));
}

/** Draws a plan: steps within steps, with the rows that were expected and that came. */
export function drawPlan(element, rows) {
  const most = Math.max(1, ...rows.map((row) => row.actualRows));
  fill(element, h("table", { class: "query-plan" },
    h("caption", { class: "visually-hidden" }, T.plan),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, T.step),
      h("th", { scope: "col", class: "number" }, T.expected),
      h("th", { scope: "col", class: "number" }, T.got))),
    h("tbody", {}, rows.map((row) => h("tr", {},
      h("td", { style: { "padding-left": `${8 + row.depth * 20}px` } }, row.depth > 0 ? "└ " : "", row.step),
      h("td", { class: "number quiet-text" }, number(row.estimatedRows)),
      h("td", { class: "number plan-rows" }, number(row.actualRows),
        h("span", { class: "plan-bar", "aria-hidden": "true",
          style: { width: `${(60 * row.actualRows) / most}px` } })))))));
}
