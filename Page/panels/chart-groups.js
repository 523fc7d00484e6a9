/** Aggregates of a property by group over time: one query as of each of some instants. @module */
import { query, quoted } from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { instant, number, unitSymbol } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { failed } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { token } from "../core/theme.js";
import { catalogue, usualModel } from "./catalogue.js";
import { dashes, dragOver, makeChart, moment, seriesColour, signs, timeAxis, tooltip, valueAxis } from "./chart.js";
import { saveCsv } from "./download.js";
import { term } from "./filter.js";
import { makeGrid } from "./grid.js";
import { chooser, fold } from "./picks.js";
import { extent, iso } from "./series.js";

const T = words({
  model: ["Twins of", "모델"],
  property: ["Property", "속성"],
  how: ["As", "집계"],
  by: ["By", "집단"],
  count: ["Instants", "시점 수"],
  AVG: ["mean", "평균"],
  SUM: ["sum", "합계"],
  MIN: ["lowest", "최솟값"],
  MAX: ["highest", "최댓값"],
  COUNT: ["how many have it", "값이 있는 수"],
  all: ["all together", "전체"],
  byModel: ["model", "모델"],
  through: [(name) => `${name} →`, (name) => `${name} →`],
  without: ["(none)", "(없음)"],
  progress: [(n, all) => `${n} of ${all} instants`, (n, all) => `시점 ${all}개 중 ${n}개`],
  whole: ["Whole span", "전체 기간"],
  table: ["As a table", "표로 보기"],
  when: ["Time", "시각"],
  hint: ["Each point is a query as of that instant. Click: go there. Drag along: only that span.",
    "점 하나가 그 시점에 대한 질의 하나입니다. 클릭: 그 시점으로. 가로로 끌기: 그 기간만."],
  chart: [(what) => `Aggregates over time: ${what}`, (what) => `시간에 따른 집계: ${what}`],
  first: [(n) => `The ${n} largest groups are drawn; the table has all.`, (n) => `큰 집단 ${n}개만 그립니다. 표에는 모두 있습니다.`],
});

const mostLines = 12;

/** Puts the chart of aggregates into its page. */
export async function mountGroups(element) {
  const view = { isShown: false, span: null, models: null, asked: null, times: [], groups: new Map() };
  const ask = () => reload();
  const model = chooser(() => T.model, () => {
    offer();
    view.span = null;
    ask();
  });
  const property = chooser(() => T.property, ask);
  const how = chooser(() => T.how, ask);
  const by = chooser(() => T.by, ask);
  const count = chooser(() => T.count, ask);
  const whole = h("button", { class: "quiet", hidden: true, onclick: () => zoom(null) }, () => T.whole);
  const picture = h("div", { class: "chart tall", role: "img", "aria-describedby": "groups-hint" });
  const progress = h("p", { class: "readout quiet-text", role: "status" });
  const grid = makeGrid({ caption: () => T.table });
  const table = fold(() => T.table, (body) => {
    if (!grid.element.isConnected) body.append(grid.element);
    drawTable();
  });
  element.append(
    h("div", { class: "row form" }, model.element, property.element, how.element, by.element, count.element),
    h("div", { class: "row" }, progress, h("span", { class: "grow" }), whole,
      h("button", { class: "quiet", onclick: () => made.png("nuri-groups") }, "PNG"),
      h("button", { class: "quiet", onclick: csv }, "CSV")),
    picture, h("p", { class: "hint", id: "groups-hint" }, () => T.hint), table);
  let made = null;

  function zoom(span) {
    view.span = span;
    reload();
  }

  async function offerModels() {
    view.models = await catalogue();
    const withNumbers = view.models.items.filter((item) => view.models.properties(item.id).some((each) => each.isNumber));
    const wanted = model.value() || await usualModel(view.models, 1);
    model.set(withNumbers.map((item) => ({ value: item.id, label: view.models.name(item.id) })), wanted);
    how.set(["AVG", "SUM", "MIN", "MAX", "COUNT"].map((value) => ({ value, label: T[value] })));
    count.set(["12", "24", "48", "96"].map((value) => ({ value, label: value })), count.value() || "24");
    offer();
  }

  function offer() {
    const all = view.models.properties(model.value());
    const label = (each) => displayName(each.displayName, each.path);
    property.set(all.filter((each) => each.isNumber).map((each) => ({ value: each.path, label: label(each) })));
    by.set([
      { value: "all", label: T.all },
      { value: "model", label: T.byModel },
      ...all.filter((each) => each.isText).map((each) => ({ value: `p ${each.path}`, label: label(each) })),
      ...view.models.relationships(model.value()).map((each) => ({
        value: `r ${each.name}`, label: T.through(displayName(each.displayName, each.name)),
      })),
    ]);
  }

  /** The query, whose rows have a `value`, how many (`n`) and a group (`g`). */
  function text() {
    const [kind, ...rest] = by.value().split(" ");
    const name = rest.join(" ");
    const group = { all: null, model: "T.$metadata.$model", p: term(name), r: "G.$dtId" }[kind];
    const way = kind === "r" ? ` JOIN G RELATED ${term(name)}` : "";
    const label = kind === "r" ? ", MIN(G.name) AS label" : "";
    const value = term(property.value());
    return `SELECT ${group ? `${group} AS g, ` : ""}${how.value()}(${value}) AS v, COUNT(${value}) AS n${label} ` +
      `FROM DIGITALTWINS T${way} WHERE IS_OF_MODEL(T, ${quoted(model.value())})${group ? ` GROUP BY ${group}` : ""}`;
  }

  const reload = latest(async (signal) => {
    if (!view.isShown || !model.value() || !property.value()) return;
    const asked = text();
    const { world, other } = store.state;
    const span = view.span ?? ends(await extent(world));
    const steps = Number(count.value());
    const times = Array.from({ length: steps }, (_, i) => span.from + ((span.to - span.from) * i) / (steps - 1));
    const worlds = [...new Set([world, other].filter(Boolean))];
    Object.assign(view, { asked, times, groups: new Map() });
    whole.hidden = view.span === null;
    await prepare();
    let done = 0;
    for (const time of times) {
      for (const each of worlds) {
        take(await query(asked, { world: each, at: iso(time), signal, most: 1000 }).catch(unlessBefore), time, each);
      }
      done += 1;
      progress.textContent = T.progress(number(done), number(times.length));
      if (asked !== text() || !view.isShown || view.times !== times) return;
      if (done % 4 === 0 || done === times.length) draw();
    }
  }, failed);

  function take(rows, time, world) {
    for (const row of rows) {
      const key = `${world}\n${JSON.stringify(row.g ?? null)}`;
      if (!view.groups.has(key)) {
        view.groups.set(key, { key, world, label: labelOf(row), group: JSON.stringify(row.g ?? null), n: 0, points: [] });
      }
      const group = view.groups.get(key);
      group.n = Math.max(group.n, row.n);
      group.points.push([time, row.v ?? null]);
    }
  }

  function labelOf(row) {
    const [kind, ...rest] = by.value().split(" ");
    if (kind === "all") return view.models.name(model.value());
    if (row.g === undefined) return T.without;
    if (kind === "model") return view.models.name(row.g);
    if (kind === "r") return row.label ?? row.g;
    const values = view.models.property([model.value()], rest.join(" "))?.schema?.enumValues ?? [];
    return displayName(values.find((each) => each.enumValue === row.g)?.displayName, String(row.g));
  }

  async function prepare() {
    if (made !== null) return;
    made = await makeChart(picture);
    made.chart.getZr().on("click", (event) => {
      const point = [event.offsetX, event.offsetY];
      if (!made.chart.containPixel({ gridIndex: 0 }, point)) return;
      store.set({ at: iso(made.chart.convertFromPixel({ xAxisIndex: 0 }, point[0])), playing: false });
    });
    dragOver(made, picture, {
      grids: () => 1,
      along: (index, low, high) => `${instant(low)} – ${instant(high)}`,
      done: (axis, index, low, high) => zoom({ from: low, to: high }),
    });
  }

  function unit() {
    return how.value() === "COUNT" ? null : view.models.property([model.value()], property.value())?.unit;
  }

  function drawn() {
    const names = [...new Set([...view.groups.values()].sort((a, b) => b.n - a.n).map((each) => each.group))];
    return [...view.groups.values()].filter((each) => names.indexOf(each.group) < mostLines)
      .map((each) => ({ ...each, colour: names.indexOf(each.group) }));
  }

  function draw() {
    if (made === null || !view.isShown) return;
    const worlds = [store.state.world, store.state.other];
    const lines = drawn();
    const name = (line) => (store.state.other ? `${line.label} · ${line.world}` : line.label);
    const what = property.element.querySelector("option:checked")?.textContent ?? "";
    made.draw({
      grid: { left: 60, right: 16, top: 30, bottom: 64 },
      legend: { type: "scroll", bottom: 0, textStyle: { color: token("--text") }, pageTextStyle: { color: token("--quiet") },
        pageIconColor: token("--text"), pageIconInactiveColor: token("--line") },
      tooltip: tooltip({ trigger: "axis", formatter: (all) => [instant(all[0].value[0]),
        ...all.map((each) => `${each.seriesName}  ${number(each.value[1], unit())}`)].join("\n") }),
      xAxis: timeAxis({ min: view.times[0], max: view.times.at(-1) }),
      yAxis: valueAxis(unit(), { name: unitSymbol(unit()), nameTextStyle: { color: token("--quiet"), align: "right" } }),
      series: [...lines.map((line) => ({
        type: "line", name: name(line), data: line.points, color: seriesColour(line.colour),
        symbol: signs[line.colour % signs.length], symbolSize: 6, connectNulls: false,
        lineStyle: { type: dashes[worlds.indexOf(line.world)], width: 1.8 }, emphasis: { disabled: true },
      })), { id: "moment", type: "line", data: [], silent: true }],
    });
    drawMoment();
    picture.setAttribute("aria-label", T.chart(`${what}, ${lines.map(name).join(", ")}`));
    const all = new Set([...view.groups.values()].map((each) => each.group)).size;
    if (all > mostLines) progress.textContent = T.first(mostLines);
    if (table.open) drawTable();
  }

  function drawMoment() {
    made?.draw({ series: [{ id: "moment", markLine: { animation: false, silent: true, symbol: "none", label: { show: false },
      lineStyle: { color: token("--text"), width: 1.5, type: "solid" }, data: [{ xAxis: moment() }] } }] }, false);
  }

  function drawTable() {
    const groups = [...view.groups.values()];
    grid.set([
      { key: "time", label: () => T.when, value: (row) => row, show: (row) => instant(row) },
      ...groups.map((group) => {
        const at = (row) => group.points.find((point) => point[0] === row)?.[1];
        return { key: group.key, label: store.state.other ? `${group.label} · ${group.world}` : group.label, isNumber: true,
          value: at, show: (row) => number(at(row), unit()) };
      }),
    ], view.times);
  }

  function csv() {
    const rows = [...view.groups.values()].flatMap((group) => group.points.map(([time, value]) =>
      [group.world, group.label, iso(time), value]));
    saveCsv(["world", "group", "at", `${how.value().toLowerCase()}(${property.value()})`], rows, "nuri-groups");
  }

  const anew = () => {
    if (view.isShown) offerModels().then(reload).catch(failed);
  };
  store.on(["world", "other", "language"], anew);
  store.on(["theme"], () => view.asked && draw());
  store.on(["at"], () => {
    if (view.isShown && view.asked) drawMoment();
  });
  fill(progress, "");
  return {
    show() {
      view.isShown = true;
      if (view.asked === null) anew();
    },
    hide() {
      view.isShown = false;
    },
  };
}

function ends({ from, to }) {
  return { from: Date.parse(from), to: Date.parse(to) };
}

/** A world has no rows of an instant before it began. */
function unlessBefore(error) {
  if (error.status !== 404 && error.status !== 400) throw error;
  return [];
}
