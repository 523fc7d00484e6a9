/** How a property's values spread over the twins of a model, as of the instant looked at. @module */
import { inSight, soon } from "../core/calm.js";
import { h } from "../core/dom.js";
import { number } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { catalogue } from "../core/models.js";
import { failed } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { usualModel } from "./twins.js";
import { dragOver, makeChart } from "./chart.js";
import { saveCsv } from "./download.js";
import { filterByRange, rangeForm } from "./filter.js";
import { makeGrid } from "./grid.js";
import { chooser, fold, foldedGrid } from "./picks.js";
import { sides } from "./sides.js";
import { barName, countNumbers, countTexts, filterByBars } from "./spread-data.js";
import { spreadOption } from "./spread-option.js";

const T = words({
  model: ["Twins of", "모델"],
  property: ["Property", "속성"],
  bins: ["Bars", "막대 수"],
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
  const view = { isShown: false, models: null, bars: [], sides: [], isDrawn: false };
  const model = chooser(() => T.model, () => {
    offer();
    reload();
  });
  const property = chooser(() => T.property, () => reload());
  const bins = chooser(() => T.bins, () => reload());
  const summary = h("p", { class: "readout quiet-text", role: "status" });
  const picture = h("div", { class: "plot plot-tall", role: "img", "aria-describedby": "spread-hint" });
  const table = foldedGrid(() => T.table, makeGrid({ caption: () => T.table }), tableContent);
  const range = rangeForm(() => [chosen()].filter((each) => each?.isNumber), (each, low, high) =>
    filterByRange([model.value()], each, low, high));
  element.append(
    h("div", { class: "row picks" }, model.element, property.element, bins.element),
    h("div", { class: "row" }, summary, h("span", { class: "stretch" }),
      h("button", { class: "quiet", onclick: () => made.png("nuri-distribution") }, "PNG"),
      h("button", { class: "quiet", onclick: csv }, "CSV")),
    picture, h("p", { class: "tip", id: "spread-hint" }, () => T.hint),
    fold(() => T.byValue, (body) => {
      if (!range.element.isConnected) body.append(range.element);
      range.refresh();
    }), table.element);
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
    const { colour } = store.state;
    const wanted = property.value() || (colour?.model === model.value() ? colour.path : undefined);
    property.set(all.map((each) => ({ value: each.path, label: displayName(each.displayName, each.path) })),
      wanted);
    range.refresh();
  }

  function chosen() {
    return view.models?.property([model.value()], property.value());
  }

  const reload = latest(async (signal) => {
    if (!view.isShown || !chosen()) return;
    const of = { model: model.value(), property: chosen(), sides: sides(), steps: Number(bins.value()) };
    const count = of.property.isNumber ? countNumbers : countTexts;
    const { bars, summary: words } = await count(of, signal);
    Object.assign(view, { bars, sides: of.sides, of });
    summary.textContent = words;
    made ??= await prepare();
    draw();
  }, failed);

  async function prepare() {
    const chart = await makeChart(picture);
    const barAt = (x) => Math.round(chart.chart.convertFromPixel({ xAxisIndex: 0 }, x));
    chart.chart.getZr().on("click", (event) => {
      const point = [event.offsetX, event.offsetY];
      if (chart.chart.containPixel({ gridIndex: 0 }, point)) show(barAt(point[0]), barAt(point[0]));
    });
    dragOver(chart, picture, {
      grids: () => 1,
      along: (index, low, high) => spanName(between(low, high)),
      done: (axis, index, low, high) => show(low, high),
    });
    return chart;
  }

  function between(low, high) {
    return view.bars.slice(Math.max(0, Math.round(low)), Math.round(high) + 1);
  }

  function spanName(bars) {
    if (bars.length === 0) return "";
    if (bars[0].low === undefined) return bars.map((bar) => barName(bar, view.of.property)).join(", ");
    return barName({ low: bars[0].low, high: bars.at(-1).high }, view.of.property);
  }

  function show(low, high) {
    const bars = between(low, high);
    if (bars.length > 0) filterByBars(bars, view.of.model, view.of.property).catch(failed);
  }

  function draw() {
    view.isDrawn = true;
    const { property: of } = view.of;
    const name = displayName(of.displayName, of.path);
    made.draw(spreadOption(view));
    picture.setAttribute("aria-label", T.chart(`${name}. ${summary.textContent}`));
    table.refresh();
  }

  function tableContent() {
    return [[
      {
        key: "value",
        label: () => T.value,
        value: (bar) => bar.low ?? bar.text,
        show: (bar) => barName(bar, view.of.property),
      },
      ...view.sides.map((side, s) => ({
        key: side.name,
        label: `${T.twins} · ${side.name}`,
        isNumber: true,
        value: (bar) => bar.counts[s] ?? 0,
        show: (bar) => number(bar.counts[s] ?? 0),
      })),
    ], view.bars];
  }

  function csv() {
    const rows = view.bars.map((bar) => [bar.low ?? bar.text, bar.high, ...bar.counts]);
    saveCsv(["from", "to", ...view.sides.map((side) => side.name)], rows, "nuri-distribution");
  }

  const anew = () => {
    if (view.isShown) offerModels().then(reload).catch(failed);
  };
  const again = () => view.isShown && view.isDrawn && reload();
  store.on(["world", "other", "language"], anew);
  store.on(["at", "otherAt"], again);
  store.on(["revision"], soon(again, 1000));
  store.on(["theme"], () => view.isDrawn && draw());
  return inSight(view, anew);
}
