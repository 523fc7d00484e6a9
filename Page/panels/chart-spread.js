/** How a property's values spread over the twins of a model, as of the instant looked at. @module */
import { query, quoted } from "../core/api.js";
import { h } from "../core/dom.js";
import { number, unitSymbol } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { failed } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { token } from "../core/theme.js";
import { catalogue, usualModel } from "./catalogue.js";
import { dragOver, makeChart, seriesColour, tooltip, valueAxis } from "./chart.js";
import { saveCsv } from "./download.js";
import { filterByRange, filterMap, mostFiltered, rangeForm, term } from "./filter.js";
import { makeGrid } from "./grid.js";
import { chooser, fold } from "./picks.js";

const T = words({
  model: ["Twins of", "모델"],
  property: ["Property", "속성"],
  bins: ["Bars", "막대 수"],
  summary: [(n, mean, low, high) => `Twins: ${n} · mean ${mean} · from ${low} to ${high}`,
    (n, mean, low, high) => `트윈 ${n}개 · 평균 ${mean} · ${low}에서 ${high}까지`],
  texts: [(n) => `Twins: ${n}`, (n) => `트윈 ${n}개`],
  none: ["No twin of this model has a value here.", "이 시점에 값이 있는 트윈이 없습니다."],
  without: ["(none)", "(없음)"],
  twins: ["Twins", "트윈"],
  value: ["Value", "값"],
  table: ["As a table", "표로 보기"],
  byValue: ["Filter the map by value", "값으로 지도 거르기"],
  hint: ["Drag along the bars, or click one, to show only those twins on the map.",
    "막대를 가로로 끌거나 하나를 클릭하면 그 트윈만 지도에 나옵니다."],
  chart: [(what) => `Distribution: ${what}`, (what) => `분포: ${what}`],
});

/** Puts the histogram into its page. */
export async function mountSpread(element) {
  const view = { isShown: false, models: null, bars: [], worlds: [], isDrawn: false };
  const model = chooser(() => T.model, () => {
    offer();
    reload();
  });
  const property = chooser(() => T.property, () => reload());
  const bins = chooser(() => T.bins, () => reload());
  const summary = h("p", { class: "readout quiet-text", role: "status" });
  const picture = h("div", { class: "chart tall", role: "img", "aria-describedby": "spread-hint" });
  const grid = makeGrid({ caption: () => T.table });
  const table = fold(() => T.table, (body) => {
    if (!grid.element.isConnected) body.append(grid.element);
    drawTable();
  });
  const range = rangeForm(() => [chosen()].filter((each) => each?.isNumber), (each, low, high) =>
    filterByRange([model.value()], each, low, high));
  const byValue = fold(() => T.byValue, (body) => {
    if (!range.element.isConnected) body.append(range.element);
    range.refresh();
  });
  element.append(
    h("div", { class: "row form" }, model.element, property.element, bins.element),
    h("div", { class: "row" }, summary, h("span", { class: "grow" }),
      h("button", { class: "quiet", onclick: () => made.png("nuri-distribution") }, "PNG"),
      h("button", { class: "quiet", onclick: csv }, "CSV")),
    picture, h("p", { class: "hint", id: "spread-hint" }, () => T.hint), byValue, table);
  let made = null;

  async function offerModels() {
    view.models = await catalogue();
    const shown = view.models.items.filter((item) =>
      view.models.properties(item.id).some((each) => each.isNumber || each.isText));
    const wanted = model.value() || await usualModel(view.models, 2);
    model.set(shown.map((item) => ({ value: item.id, label: view.models.name(item.id) })), wanted);
    bins.set(["12", "24", "48"].map((value) => ({ value, label: value })), bins.value() || "24");
    offer();
  }

  function offer() {
    const all = view.models.properties(model.value()).filter((each) => each.isNumber || each.isText);
    all.sort((a, b) => Number(b.isNumber) - Number(a.isNumber));
    property.set(all.map((each) => ({ value: each.path, label: displayName(each.displayName, each.path) })));
    range.refresh();
  }

  function chosen() {
    return view.models?.property([model.value()], property.value());
  }

  const reload = latest(async (signal) => {
    if (!view.isShown || !chosen()) return;
    const { world, other } = store.state;
    view.worlds = [...new Set([world, other].filter(Boolean))];
    const count = chosen().isNumber ? countNumbers : countTexts;
    view.bars = await count(signal);
    made ??= await prepare();
    draw();
  }, failed);

  function where() {
    return `WHERE IS_OF_MODEL(T, ${quoted(model.value())})`;
  }

  /** Bars of the same width from the lowest to the highest value of all worlds shown. */
  async function countNumbers(signal) {
    const value = term(property.value());
    const text = `SELECT MIN(${value}) AS low, MAX(${value}) AS high, AVG(${value}) AS mean, COUNT(${value}) AS n ` +
      `FROM DIGITALTWINS T ${where()}`;
    const all = await Promise.all(view.worlds.map((world) => query(text, { world, signal })));
    const ends = all.map((rows) => rows[0] ?? {}).filter((row) => row.n > 0);
    const { unit } = chosen();
    if (ends.length === 0) {
      summary.textContent = T.none;
      return [];
    }
    const low = Math.min(...ends.map((row) => row.low));
    const high = Math.max(...ends.map((row) => row.high));
    const [first] = ends;
    summary.textContent = T.summary(number(first.n), number(first.mean, unit), number(first.low, unit), number(first.high, unit));
    const steps = low === high ? 1 : Number(bins.value());
    const edge = (i) => (i === steps ? high : low + ((high - low) * i) / steps);
    const bars = Array.from({ length: steps }, (_, i) => ({ low: edge(i), high: edge(i + 1), counts: [] }));
    await Promise.all(view.worlds.map(async (world, w) => {
      const below = await Promise.all(bars.map((bar, i) => query(
        `SELECT COUNT() AS n FROM DIGITALTWINS T ${where()} AND ${value} >= ${bar.low} ` +
        `AND ${value} ${i === steps - 1 ? "<=" : "<"} ${bar.high}`, { world, signal })));
      below.forEach((rows, i) => {
        bars[i].counts[w] = rows[0].n;
      });
    }));
    return bars;
  }

  async function countTexts(signal) {
    const value = term(property.value());
    const text = `SELECT ${value} AS v, COUNT() AS n FROM DIGITALTWINS T ${where()} GROUP BY ${value} ORDER BY n DESC LIMIT 40`;
    const all = await Promise.all(view.worlds.map((world) => query(text, { world, signal })));
    const bars = new Map();
    all.forEach((rows, w) => rows.forEach((row) => {
      if (!bars.has(row.v)) bars.set(row.v, { text: row.v, counts: view.worlds.map(() => 0) });
      bars.get(row.v).counts[w] = row.n;
    }));
    const values = [...bars.values()];
    summary.textContent = T.texts(number(values.reduce((sum, each) => sum + each.counts[0], 0)));
    return values;
  }

  function nameOf(bar) {
    if (bar.low !== undefined) return [bar.low, bar.high].map((each) => number(each, chosen().unit, { digits: 4 })).join(" – ");
    if (bar.text === undefined) return T.without;
    const values = chosen().schema?.enumValues ?? [];
    return displayName(values.find((each) => each.enumValue === bar.text)?.displayName, String(bar.text));
  }

  async function prepare() {
    const chart = await makeChart(picture);
    chart.chart.getZr().on("click", (event) => {
      const point = [event.offsetX, event.offsetY];
      if (chart.chart.containPixel({ gridIndex: 0 }, point)) show(barAt(point[0]), barAt(point[0]));
    });
    const barAt = (x) => Math.round(chart.chart.convertFromPixel({ xAxisIndex: 0 }, x));
    dragOver(chart, picture, {
      grids: () => 1,
      along: (index, low, high) => spanName(Math.round(low), Math.round(high)),
      done: (axis, index, low, high) => show(Math.round(low), Math.round(high)),
    });
    return chart;
  }

  function spanName(first, last) {
    const [a, b] = [view.bars[Math.max(0, first)], view.bars[Math.min(last, view.bars.length - 1)]];
    if (!a || !b) return "";
    return a.low === undefined ? view.bars.slice(first, last + 1).map(nameOf).join(", ") : nameOf({ low: a.low, high: b.high });
  }

  function show(first, last) {
    const bars = view.bars.slice(Math.max(0, first), last + 1);
    if (bars.length === 0) return;
    const work = bars[0].low === undefined ? filterByTexts(bars)
      : filterByRange([model.value()], chosen(), bars[0].low, bars.at(-1).high);
    work.catch(failed);
  }

  async function filterByTexts(bars) {
    const value = term(property.value());
    const literal = (text) => (typeof text === "string" ? quoted(text) : String(text));
    const parts = bars.map((bar) => (bar.text === undefined ? `NOT IS_DEFINED(${value})` : `${value} = ${literal(bar.text)}`));
    const text = `SELECT T.$dtId AS id FROM DIGITALTWINS T ${where()} AND (${parts.join(" OR ")})`;
    const rows = await query(text, { most: mostFiltered });
    const name = displayName(chosen().displayName, property.value());
    filterMap(`${name}: ${bars.map(nameOf).join(", ")}`, rows.map((row) => row.id));
  }

  function draw() {
    view.isDrawn = true;
    const { unit, isNumber } = chosen();
    const name = displayName(chosen().displayName, property.value());
    made.draw({
      grid: { left: 60, right: 16, top: 30, bottom: isNumber ? 48 : 80 },
      tooltip: tooltip({ trigger: "axis", axisPointer: { type: "shadow" }, formatter: (all) => [
        nameOf(view.bars[all[0].dataIndex]),
        ...all.map((each) => `${each.seriesName}  ${number(each.value)}`),
      ].join("\n") }),
      legend: view.worlds.length > 1 ? { top: 0, right: 0, textStyle: { color: token("--text") } } : undefined,
      xAxis: {
        type: "category",
        data: view.bars.map((bar) => (isNumber ? number(bar.low, null, { digits: 3 }) : nameOf(bar))),
        name: [name, unitSymbol(unit)].filter(Boolean).join(", "), nameLocation: "middle", nameGap: isNumber ? 26 : 56,
        nameTextStyle: { color: token("--quiet") },
        axisLine: { lineStyle: { color: token("--line") } },
        axisTick: { show: false },
        axisLabel: { color: token("--quiet"), hideOverlap: true, rotate: isNumber ? 0 : 35, width: 90, overflow: "truncate" },
      },
      yAxis: valueAxis(null, { scale: false, minInterval: 1, name: T.twins, nameTextStyle: { color: token("--quiet") } }),
      series: view.worlds.map((world, w) => ({
        type: "bar", name: world, data: view.bars.map((bar) => bar.counts[w] ?? 0), barCategoryGap: "8%", barGap: "0%",
        barMaxWidth: 90,
        itemStyle: w === 0 ? { color: seriesColour(0) }
          : { color: "transparent", borderColor: seriesColour(1), borderWidth: 2, borderType: "dashed" },
        emphasis: { disabled: true },
      })),
    });
    picture.setAttribute("aria-label", T.chart(`${name}. ${summary.textContent}`));
    if (table.open) drawTable();
  }

  function drawTable() {
    grid.set([
      { key: "value", label: () => T.value, value: (bar) => bar.low ?? bar.text, show: nameOf },
      ...view.worlds.map((world, w) => ({
        key: world, label: `${T.twins} · ${world}`, isNumber: true,
        value: (bar) => bar.counts[w] ?? 0, show: (bar) => number(bar.counts[w] ?? 0),
      })),
    ], view.bars);
  }

  function csv() {
    const rows = view.bars.map((bar) => [bar.low ?? bar.text, bar.high, ...bar.counts]);
    saveCsv(["from", "to", ...view.worlds], rows, "nuri-distribution");
  }

  const anew = () => {
    if (view.isShown) offerModels().then(reload).catch(failed);
  };
  store.on(["world", "other", "language"], anew);
  store.on(["at", "revision"], () => {
    if (view.isShown && view.isDrawn) reload();
  });
  store.on(["theme"], () => view.isDrawn && draw());
  return {
    show() {
      view.isShown = true;
      anew();
    },
    hide() {
      view.isShown = false;
    },
  };
}
