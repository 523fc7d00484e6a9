/** Properties of the selected twins over time, in one or several worlds. @module */
import { h } from "../core/dom.js";
import { instant, number } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { catalogue } from "../core/models.js";
import { failed } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { inSight } from "../core/calm.js";
import { twinsById } from "./twins.js";
import {
  csvOf, drawable, drawLegend, drawValues, firstOf, lineName, linesOf, tableOf,
} from "./chart-lines.js";
import { growLines } from "./chart-live.js";
import { dragOver, makeChart, moment } from "./chart.js";
import { saveCsv } from "./download.js";
import { filterByRange, rangeForm } from "./filter.js";
import { makeGrid } from "./grid.js";
import { adder, fold, foldedGrid } from "./picks.js";
import { iso, loadSeries } from "./series.js";
import { fillEmpty } from "./time-empty.js";
import { pressKey } from "./time-keys.js";
import { markOption, timeOption } from "./time-option.js";

const T = words({
  property: ["Add a property…", "속성 추가…"],
  world: ["Add a world…", "세계 추가…"],
  whole: ["Whole span", "전체 기간"],
  hint: ["Click: go to that instant. Drag along: zoom. Drag up or down: filter the map by value. " +
    "Keys: ← → change by change, + − zoom, 0 whole span.",
  "클릭: 그 시점으로. 가로로 끌기: 확대. 세로로 끌기: 값으로 지도 거르기. " +
    "키: ← → 변경 사이 이동, + − 확대·축소, 0 전체."],
  chart: [(what) => `Values over time: ${what}`, (what) => `시간에 따른 값: ${what}`],
  table: ["As a table", "표로 보기"],
  byValue: ["Filter the map by value", "값으로 지도 거르기"],
  lines: ["Lines", "선"],
  at: [(when) => `At ${when}`, (when) => `${when} 값`],
  now: ["Now", "지금"],
  more: [(n) => `The first ${n} of the selected twins are drawn.`, (n) => `고른 트윈 가운데 앞의 ${n}개만 그립니다.`],
});

const mostTwins = 8;

/** Puts the chart of values over time into its page. */
export async function mountTime(element) {
  const view = {
    isShown: false, models: null, twins: [], paths: [], worlds: [], span: null, lines: [], units: [],
  };
  const addProperty = adder(() => T.property, (path) => change({ paths: [...view.paths, path] }));
  const addWorld = adder(() => T.world, (world) => change({ worlds: [...view.worlds, world] }));
  const fileName = () => ["nuri", ...view.paths].join("-");
  const zoomOut = () => store.set({ zoom: null });
  const whole = h("button", { class: "quiet", hidden: true, onclick: zoomOut }, () => T.whole);
  const picture = h("div", {
    class: "plot", tabindex: "0", role: "group", "aria-roledescription": "chart",
    "aria-describedby": "chart-hint",
    onkeydown: (event) => {
      when.setAttribute("aria-live", "polite");
      pressKey(event, view, go);
    },
  });
  const legend = h("ul", { class: "line-legend", "aria-label": () => T.lines });
  const when = h("p", { class: "readout quiet-text", "aria-live": "off" });
  const empty = h("div");
  const table = foldedGrid(() => T.table, makeGrid({ caption: () => T.table }), () => tableOf(view.lines));
  const values = rangeForm(() => view.lines.map((line) => line.property), filterValues);
  const filled = h("div", { class: "panel-filled", hidden: true },
    h("div", { class: "row" }, addProperty.element, addWorld.element, whole, h("span", { class: "stretch" }),
      h("button", { class: "quiet", onclick: () => made.png(fileName()) }, "PNG"),
      h("button", { class: "quiet", onclick: () => saveCsv(...csvOf(view.lines), fileName()) }, "CSV")),
    picture, when, legend,
    h("p", { class: "tip", id: "chart-hint" }, () => T.hint),
    fold(() => T.byValue, (body) => {
      if (!values.element.isConnected) body.append(values.element);
      values.refresh();
    }), table.element);
  element.append(empty, filled);
  let made = null;

  function change(patch) {
    Object.assign(view, patch);
    reload();
  }

  const reload = latest(async (signal) => {
    if (!view.isShown) return;
    const { world, other, selection, zoom } = store.state;
    view.span = zoom && { from: Date.parse(zoom.from), to: Date.parse(zoom.to) };
    view.models = await catalogue(world);
    view.twins = await chosenTwins(selection.slice(0, mostTwins), signal);
    const all = drawable(view.models, view.twins);
    view.paths = view.paths.filter((path) => all.some((each) => each.path === path));
    if (view.paths.length === 0 && all.length > 0) view.paths = [firstOf(all)];
    const worlds = [...new Set([world, other, ...view.worlds].filter(Boolean))];
    offer(all, worlds);
    filled.hidden = all.length === 0;
    empty.hidden = all.length > 0;
    if (all.length === 0) return fillEmpty(empty, signal);
    view.lines = await Promise.all(linesOf(view.models, view.paths, view.twins, worlds).map(async (line) => ({
      ...line, ...(await loadSeries(line, view.span, signal).catch(unlessThere)),
    })));
    view.units = [...new Set(view.lines.map((line) => line.property.unit ?? ""))];
    await drawAll();
  }, failed);

  /** The selected twins as they are now, or as of the instant looked at where they are no more. */
  async function chosenTwins(ids, signal) {
    const found = await twinsById(ids, { at: null, signal });
    const gone = ids.filter((id) => !found.has(id));
    for (const [id, twin] of await twinsById(gone, { signal })) found.set(id, twin);
    return ids.map((id) => found.get(id)).filter(Boolean);
  }

  function offer(properties, worlds) {
    addProperty.set(properties.filter((each) => !view.paths.includes(each.path)).map((each) => ({
      value: each.path, label: displayName(each.displayName, each.path),
    })));
    addWorld.set(store.state.worlds.filter((each) => !worlds.includes(each.name)).map((each) => ({
      value: each.name, label: each.label || each.name,
    })));
  }

  async function drawAll() {
    made ??= await prepare();
    picture.style.height = `${Math.max(200, 10 + view.units.length * 150)}px`;
    made.chart.resize();
    made.draw(timeOption(view));
    picture.setAttribute("aria-label", T.chart(view.lines.map(lineName).join(", ")));
    whole.hidden = view.span === null;
    drawLegend(legend, view.lines, remove);
    drawMoment();
    table.refresh();
  }

  async function prepare() {
    const chart = await makeChart(picture);
    chart.chart.getZr().on("click", (event) => onClick([event.offsetX, event.offsetY]));
    dragOver(chart, picture, {
      grids: () => view.units.length,
      along: (index, low, high) => `${instant(low)} – ${instant(high)}`,
      across: (index, ...ends) =>
        ends.map((each) => number(each, view.units[index], { digits: 4 })).join(" – "),
      done: onDrag,
    });
    return chart;
  }

  /** Moves the line of the instant looked at, and says the values there. */
  function drawMoment() {
    if (made === null || view.lines.length === 0) return;
    made.draw(markOption(view), false);
    const { at, selection } = store.state;
    const note = selection.length > mostTwins ? `  ${T.more(mostTwins)}` : "";
    when.textContent = T.at(at === null ? T.now : instant(at)) + note;
    drawValues(legend, view.lines, moment());
  }

  function remove(line) {
    const without = (all, one) => all.filter((each) => each !== one);
    if (view.worlds.includes(line.world)) change({ worlds: without(view.worlds, line.world) });
    else if (view.paths.length > 1) change({ paths: without(view.paths, line.path) });
    else store.set({ selection: without(store.state.selection, line.twin) });
  }

  function onClick(point) {
    const index = view.units.findIndex((each, i) => made.chart.containPixel({ gridIndex: i }, point));
    if (index >= 0) go(Math.min(made.chart.convertFromPixel({ xAxisIndex: index }, point[0]), Date.now()));
  }

  function onDrag(axis, index, low, high) {
    if (axis === "along") {
      store.set({ zoom: { from: iso(low), to: iso(high) } });
      return;
    }
    const { property } = view.lines.find((line) => (line.property.unit ?? "") === view.units[index]);
    filterValues(property, low, high).catch(failed);
  }

  function filterValues(property, low, high) {
    const models = new Set(view.twins.map((twin) => twin.$metadata.$model));
    const having = [...models].filter((model) => view.models.property([model], property.path));
    return filterByRange(having, property, low, high);
  }

  function go(time) {
    if (time !== undefined) store.set({ at: iso(time), playing: false });
  }

  store.on(["selection", "world", "other", "worlds", "zoom", "language", "theme"], reload);
  store.on(["at"], () => view.isShown && drawMoment());
  growLines(() => view, () => view.isShown && drawAll().catch(failed), reload);
  return inSight(view, reload);
}

/** A twin that a world does not have gives an empty line. */
function unlessThere(error) {
  if (error.status !== 404 && error.status !== 422) throw error;
  return { points: [], band: null };
}
