/** Properties of the selected twins over time, in one or several worlds. @module */
import { query } from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { onChange } from "../core/feed.js";
import { instant, number } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { failed } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { catalogue, twinName, twinsById } from "./catalogue.js";
import { dragOver, makeChart, moment, seriesColour } from "./chart.js";
import { saveCsv } from "./download.js";
import { filterByRange, rangeForm } from "./filter.js";
import { makeGrid } from "./grid.js";
import { adder, fold } from "./picks.js";
import { iso, loadSeries, plain, valueAt } from "./series.js";
import { markOption, timeOption } from "./time-option.js";

const T = words({
  property: ["Add a property…", "속성 추가…"],
  world: ["Add a world…", "월드 추가…"],
  whole: ["Whole span", "전체 기간"],
  png: ["PNG", "PNG"],
  csv: ["CSV", "CSV"],
  remove: [(name) => `Remove ${name}`, (name) => `${name} 빼기`],
  empty: ["Select twins on the map or by search: their values over time come here.",
    "지도나 검색에서 트윈을 고르면 그 값이 시간에 따라 여기에 나옵니다."],
  recent: ["Changed last", "최근에 바뀐 트윈"],
  nothing: ["The selected twins have no numbers to draw.", "고른 트윈에는 그릴 숫자가 없습니다."],
  noValues: ["No recorded values.", "기록된 값이 없습니다."],
  hint: ["Click: go to that instant. Drag along: zoom. Drag up or down: filter the map by value. " +
    "Keys: ← → change by change, + − zoom, 0 whole span.",
    "클릭: 그 시점으로. 가로로 끌기: 확대. 세로로 끌기: 값으로 지도 거르기. 키: ← → 변경 사이 이동, + − 확대·축소, 0 전체."],
  chart: [(what) => `Values over time: ${what}`, (what) => `시간에 따른 값: ${what}`],
  table: ["As a table", "표로 보기"],
  byValue: ["Filter the map by value", "값으로 지도 거르기"],
  when: ["Time", "시각"],
  lines: ["Lines", "선"],
  at: [(when) => `At ${when}`, (when) => `${when} 값`],
  now: ["Now", "지금"],
  more: [(n) => `The first ${n} of the selected twins are drawn.`, (n) => `고른 트윈 가운데 앞의 ${n}개만 그립니다.`],
});

const mostTwins = 8;
const mostDrawn = 8000;

/** Puts the chart of values over time into its page. */
export async function mountTime(element) {
  const view = { paths: [], worlds: [], span: null, lines: [], units: [], isShown: false, models: null, twins: [] };
  const addProperty = adder(() => T.property, (path) => change({ paths: [...view.paths, path] }));
  const addWorld = adder(() => T.world, (world) => change({ worlds: [...view.worlds, world] }));
  const whole = h("button", { class: "quiet", hidden: true, onclick: () => change({ span: null }) }, () => T.whole);
  const picture = h("div", {
    class: "chart", tabindex: "0", role: "group", "aria-roledescription": "chart", "aria-describedby": "chart-hint",
    onkeydown: (event) => onKey(event),
  });
  const legend = h("ul", { class: "legend", "aria-label": () => T.lines });
  const when = h("p", { class: "readout quiet-text", "aria-live": "off" });
  const empty = h("div", { class: "empty" });
  const grid = makeGrid({ caption: () => T.table });
  const table = fold(() => T.table, (body) => {
    if (!grid.element.isConnected) body.append(grid.element);
    drawTable();
  });
  const values = rangeForm(() => view.lines.map((line) => line.property), (property, low, high) =>
    filterByRange(modelsOf(property.path), property, low, high));
  const filled = h("div", { class: "filled", hidden: true },
    h("div", { class: "row" }, addProperty.element, addWorld.element, whole, h("span", { class: "grow" }),
      h("button", { class: "quiet", onclick: () => made.png(fileName()) }, () => T.png),
      h("button", { class: "quiet", onclick: csv }, () => T.csv)),
    picture, when, legend,
    h("p", { class: "hint", id: "chart-hint" }, () => T.hint),
    fold(() => T.byValue, (body) => {
      if (!values.element.isConnected) body.append(values.element);
      values.refresh();
    }), table);
  element.append(empty, filled);
  let made = null;

  function change(patch) {
    Object.assign(view, patch);
    reload();
  }

  const reload = latest(async (signal) => {
    if (!view.isShown) return;
    const { world, other, selection } = store.state;
    view.models = await catalogue(world);
    const ids = selection.slice(0, mostTwins);
    const found = await twinsById(ids, { at: null, signal });
    for (const [id, twin] of await twinsById(ids.filter((id) => !found.has(id)), { signal })) found.set(id, twin);
    view.twins = ids.map((id) => found.get(id)).filter(Boolean);
    const all = offered();
    view.paths = view.paths.filter((path) => all.some((each) => each.path === path));
    if (view.paths.length === 0 && all.length > 0) view.paths = [wanted(all)];
    const worlds = [...new Set([world, other, ...view.worlds].filter(Boolean))];
    addProperty.set(all.filter((each) => !view.paths.includes(each.path)).map((each) => ({
      value: each.path, label: displayName(each.displayName, each.path),
    })));
    addWorld.set(store.state.worlds.filter((each) => !worlds.includes(each.name)).map((each) => ({
      value: each.name, label: each.label || each.name,
    })));
    filled.hidden = all.length === 0;
    empty.hidden = all.length > 0;
    if (all.length === 0) return fillEmpty(signal);
    const lines = await Promise.all(linesOf(worlds).map(async (line) => ({
      ...line, ...(await loadSeries(line, view.span, signal).catch(unlessThere)),
    })));
    view.lines = lines;
    view.units = [...new Set(lines.map((line) => line.property.unit ?? ""))];
    await drawAll();
  }, failed);

  /** The properties that any of the twins has as numbers or truth values. */
  function offered() {
    const models = new Set(view.twins.map((twin) => twin.$metadata.$model));
    const all = [...models].flatMap((model) => view.models.properties(model));
    const once = new Map(all.filter((each) => (each.isNumber || each.isTruth) && each.depth === "property")
      .map((each) => [each.path, each]));
    return [...once.values()];
  }

  function wanted(all) {
    const has = (path) => view.twins.some((twin) => path.split(".").reduce((part, key) => part?.[key], twin) !== undefined);
    const { colour } = store.state;
    return (all.find((each) => each.path === colour?.path) ?? all.find((each) => has(each.path)) ?? all[0]).path;
  }

  function linesOf(worlds) {
    const lines = [];
    for (const path of view.paths) {
      for (const twin of view.twins) {
        const property = view.models.property([twin.$metadata.$model], path);
        if (!property) continue;
        for (const world of worlds) {
          lines.push({ id: `${path}\n${twin.$dtId}\n${world}`, path, world, property, twin: twin.$dtId,
            name: twinName(twin), colour: view.paths.indexOf(path) * view.twins.length + view.twins.indexOf(twin),
            dash: worlds.indexOf(world) });
        }
      }
    }
    return lines;
  }

  function modelsOf(path) {
    const models = view.twins.map((twin) => twin.$metadata.$model);
    return [...new Set(models.filter((model) => view.models.property([model], path)))];
  }

  async function drawAll() {
    if (made === null) {
      made = await makeChart(picture);
      made.chart.getZr().on("click", (event) => onClick([event.offsetX, event.offsetY]));
      dragOver(made, picture, {
        grids: () => view.units.length,
        along: (index, low, high) => `${instant(low)} – ${instant(high)}`,
        across: (index, low, high) => [low, high].map((each) => number(each, view.units[index], { digits: 4 })).join(" – "),
        done: onDrag,
      });
    }
    picture.style.height = `${Math.max(200, 10 + view.units.length * 150)}px`;
    made.chart.resize();
    made.draw(timeOption(view));
    picture.setAttribute("aria-label", T.chart([...new Set(view.lines.map(lineName))].join(", ")));
    whole.hidden = view.span === null;
    drawMoment();
    if (table.open) drawTable();
  }

  /** Moves the line of the instant looked at, and says the values there. */
  function drawMoment() {
    if (made === null || view.lines.length === 0) return;
    made.draw(markOption(view), false);
    const time = moment();
    const { at, selection } = store.state;
    when.textContent = [
      T.at(at === null ? T.now : instant(at)),
      selection.length > mostTwins ? T.more(mostTwins) : "",
    ].join("  ");
    fill(legend, view.lines.map((line) => {
      const value = valueAt(line.points, time);
      const property = displayName(line.property.displayName, line.path);
      const removal = T.remove(lineName(line));
      return h("li", {},
        stroke(line),
        h("span", { class: "grow" }, property, h("span", { class: "quiet-text" }, ` · ${line.name} · ${line.world}`)),
        h("span", { class: "value" }, line.points.length === 0 ? T.noValues : number(value, line.property.unit)),
        h("button", { class: "quiet", "aria-label": removal, title: removal, onclick: () => remove(line) }, "✕"));
    }));
  }

  function lineName(line) {
    return `${displayName(line.property.displayName, line.path)} · ${line.name} · ${line.world}`;
  }

  function remove(line) {
    if (view.worlds.includes(line.world)) change({ worlds: view.worlds.filter((each) => each !== line.world) });
    else if (view.paths.length > 1) change({ paths: view.paths.filter((each) => each !== line.path) });
    else store.set({ selection: store.state.selection.filter((id) => id !== line.twin) });
  }

  function onClick(point) {
    const index = view.units.findIndex((each, i) => made.chart.containPixel({ gridIndex: i }, point));
    if (index < 0) return;
    const time = made.chart.convertFromPixel({ xAxisIndex: index }, point[0]);
    store.set({ at: iso(Math.min(time, Date.now())), playing: false });
  }

  function onDrag(axis, index, low, high) {
    if (axis === "along") change({ span: { from: Math.round(low), to: Math.round(high) } });
    else {
      const { property } = view.lines.find((line) => (line.property.unit ?? "") === view.units[index]);
      filterByRange(modelsOf(property.path), property, low, high).catch(failed);
    }
  }

  function onKey(event) {
    const times = [...new Set(view.lines.flatMap((line) => line.points.map((point) => point[0])))].sort((a, b) => a - b);
    const time = moment();
    const [first, last] = view.span ? [view.span.from, view.span.to] : [times[0], times.at(-1)];
    const centre = Math.min(Math.max(time, first), last);
    const zoom = (factor) => change({ span: {
      from: Math.round(centre - (centre - first) * factor), to: Math.round(centre + (last - centre) * factor),
    } });
    const keys = {
      ArrowLeft: () => go(times.findLast((each) => each < time)),
      ArrowRight: () => go(times.find((each) => each > time)),
      "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), 0: () => change({ span: null }),
    };
    if (!keys[event.key] || times.length === 0) return;
    event.preventDefault();
    when.setAttribute("aria-live", "polite");
    keys[event.key]();
  }

  function go(time) {
    if (time !== undefined) store.set({ at: iso(time), playing: false });
  }

  function drawTable() {
    const times = new Map();
    view.lines.forEach((line, i) => line.points.forEach(([time, value]) => {
      if (!times.has(time)) times.set(time, { time });
      times.get(time)[i] = value;
    }));
    grid.set([
      { key: "time", label: () => T.when, value: (row) => row.time, show: (row) => instant(row.time) },
      ...view.lines.map((line, i) => ({
        key: line.id, label: lineName(line), isNumber: true,
        value: (row) => row[i], show: (row) => (row[i] === undefined ? "" : number(row[i], line.property.unit)),
      })),
    ], [...times.values()].sort((a, b) => a.time - b.time));
  }

  function csv() {
    const head = ["world", "twin", "property", "unit", "observed", "value", "minimum", "maximum"];
    const rows = view.lines.flatMap((line) => line.points.map(([time, value], i) => [
      line.world, line.twin, line.path, line.property.unit ?? "", iso(time), value,
      line.band?.[i][1], line.band?.[i][2],
    ]));
    saveCsv(head, rows, fileName());
  }

  function fileName() {
    return ["nuri", ...view.paths].join("-");
  }

  async function fillEmpty(signal) {
    const text = "SELECT T.$dtId AS id, T.name AS name FROM DIGITALTWINS T " +
      "ORDER BY T.$metadata.$lastUpdateTime DESC LIMIT 6";
    const rows = await query(text, { signal });
    fill(empty, h("p", {}, store.state.selection.length > 0 ? T.nothing : T.empty),
      h("h3", {}, T.recent),
      h("div", { class: "row" }, rows.map((row) => h("button", {
        onclick: () => store.set({ selection: [row.id] }),
      }, row.name ?? row.id))));
  }

  let drawing = false;
  let reloading = null;

  /** Puts a change that just came at the end of its line. */
  function append(event, world) {
    if (!view.isShown) return;
    const lines = view.lines.filter((line) => line.twin === event.twin && line.world === world);
    if (lines.length === 0) return;
    const isPatch = event.kind === "patchTwin";
    for (const line of lines) {
      const isSimple = isPatch && line.band === null && view.span === null && line.points.length < mostDrawn;
      if (isPatch && !(line.path in (event.set ?? {}))) continue;
      if (!isSimple) {
        reloading ??= setTimeout(() => {
          reloading = null;
          reload();
        }, 2000);
        continue;
      }
      const point = [Date.parse(event.observed ?? event.recorded), plain(event.set[line.path])];
      const after = line.points.findLastIndex((each) => each[0] <= point[0]);
      line.points.splice(after + 1, 0, point);
    }
    if (drawing) return;
    drawing = true;
    setTimeout(() => {
      drawing = false;
      if (view.isShown) drawAll();
    }, 200);
  }

  function stroke(line) {
    const dash = [null, "7 4", "2 3", "10 3 2 3"][line.dash % 4];
    return h("svg", { class: "stroke", viewBox: "0 0 28 10", "aria-hidden": "true" }, h("line", {
      x1: "1", x2: "27", y1: "5", y2: "5", "stroke-dasharray": dash, style: { stroke: seriesColour(line.colour) },
    }));
  }

  store.on(["selection", "world", "other", "worlds", "language", "theme"], reload);
  store.on(["at"], () => {
    if (view.isShown) drawMoment();
  });
  onChange(append);
  return {
    show() {
      view.isShown = true;
      reload();
    },
    hide() {
      view.isShown = false;
    },
  };
}

/** A twin that a world does not have gives an empty line. */
function unlessThere(error) {
  if (error.status !== 404 && error.status !== 422) throw error;
  return { points: [], band: null };
}
