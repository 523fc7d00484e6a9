/** Aggregates of a property by group over time: one query as of each of some instants. @module */
import { query } from "../core/api.js";
import { h } from "../core/dom.js";
import { instant, number } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { catalogue } from "../core/models.js";
import { failed } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { inSight } from "../core/calm.js";
import { usualModel } from "./twins.js";
import { dragOver, makeChart } from "./chart.js";
import { groupMark, groupOption } from "./group-option.js";
import { groupName, groupQuery, waysToGroup } from "./group-query.js";
import { groupTable, saveGroups } from "./group-table.js";
import { makeGrid } from "./grid.js";
import { chooser, foldedGrid } from "./picks.js";
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
  progress: [(n, all) => `${n} of ${all} instants`, (n, all) => `시점 ${all}개 중 ${n}개`],
  whole: ["Whole span", "전체 기간"],
  table: ["As a table", "표로 보기"],
  hint: ["Each point is a query as of that instant. Click: go there. Drag along: only that span.",
    "점 하나가 그 시점에 대한 질의 하나입니다. 클릭: 그 시점으로. 가로로 끌기: 그 기간만."],
  chart: [(what) => `Aggregates over time: ${what}`, (what) => `시간에 따른 집계: ${what}`],
  first: [(n) => `The ${n} largest groups are drawn; the table has all.`,
    (n) => `큰 집단 ${n}개만 그립니다. 표에는 모두 있습니다.`],
});

const mostLines = 12;

/** Puts the chart of aggregates into its page. */
export async function mountGroups(element) {
  const view = { isShown: false, models: null, key: null, times: [], groups: new Map() };
  const ask = () => reload();
  const model = chooser(() => T.model, () => {
    offer();
    ask();
  });
  const property = chooser(() => T.property, ask);
  const how = chooser(() => T.how, ask);
  const by = chooser(() => T.by, ask);
  const count = chooser(() => T.count, ask);
  const zoomOut = () => store.set({ zoom: null });
  const whole = h("button", { class: "quiet", hidden: true, onclick: zoomOut }, () => T.whole);
  const picture = h("div", { class: "plot plot-tall", role: "img", "aria-describedby": "groups-hint" });
  const progress = h("p", { class: "readout quiet-text", role: "status" });
  const table = foldedGrid(() => T.table, makeGrid({ caption: () => T.table }),
    () => groupTable(view, unit(), nameOf));
  element.append(
    h("div", { class: "row picks" }, model.element, property.element, how.element, by.element, count.element),
    h("div", { class: "row" }, progress, h("span", { class: "stretch" }), whole,
      h("button", { class: "quiet", onclick: () => made.png("nuri-groups") }, "PNG"),
      h("button", { class: "quiet", onclick: () => saveGroups(view, chosen()) }, "CSV")),
    picture, h("p", { class: "tip", id: "groups-hint" }, () => T.hint), table.element);
  let made = null;

  async function offerModels() {
    view.models = await catalogue();
    const hasNumbers = (item) => view.models.properties(item.id).some((each) => each.isNumber);
    const wanted = model.value() || await usualModel(view.models, 1);
    const all = view.models.items.filter(hasNumbers);
    model.set(all.map((item) => ({ value: item.id, label: view.models.name(item.id) })), wanted);
    how.set(["AVG", "SUM", "MIN", "MAX", "COUNT"].map((value) => ({ value, label: T[value] })));
    count.set(["12", "24", "48", "96"].map((value) => ({ value, label: value })), count.value() || "24");
    offer();
  }

  function offer() {
    const all = view.models.properties(model.value()).filter((each) => each.isNumber);
    property.set(all.map((each) => ({ value: each.path, label: displayName(each.displayName, each.path) })));
    by.set(waysToGroup(view.models, model.value()));
  }

  function chosen() {
    return { model: model.value(), path: property.value(), how: how.value(), by: by.value() };
  }

  const reload = latest(async (signal) => {
    if (!view.isShown || !model.value() || !property.value()) return;
    const of = chosen();
    const asked = groupQuery(of);
    const { world, other, zoom, language } = store.state;
    const { from, to } = zoom ?? await extent(world);
    const [first, last] = [Date.parse(from), Date.parse(to)];
    const steps = Number(count.value());
    const times = Array.from({ length: steps }, (_, i) => first + ((last - first) * i) / (steps - 1));
    const worlds = [...new Set([world, other].filter(Boolean))];
    const key = JSON.stringify([asked, first, last, worlds, steps, language]);
    if (key === view.key) return;
    Object.assign(view, { key: null, times, groups: new Map() });
    whole.hidden = zoom === null;
    made ??= await prepare();
    let done = 0;
    for (const time of times) {
      for (const each of worlds) {
        const rows = await query(asked, { world: each, at: iso(time), signal }).catch(unlessBefore);
        take(rows, time, each, of);
      }
      done += 1;
      progress.textContent = T.progress(number(done), number(times.length));
      if (asked !== groupQuery(chosen()) || !view.isShown) return;
      if (done % 4 === 0 || done === times.length) draw();
    }
    view.key = key;
  }, failed);

  function take(rows, time, world, of) {
    for (const row of rows) {
      const group = JSON.stringify(row.g ?? null);
      const key = `${world}\n${group}`;
      if (!view.groups.has(key)) {
        view.groups.set(key, { key, world, group, label: groupName(row, view.models, of), n: 0, points: [] });
      }
      const found = view.groups.get(key);
      found.n = Math.max(found.n, row.n);
      found.points.push([time, row.v ?? null]);
    }
  }

  async function prepare() {
    const chart = await makeChart(picture);
    chart.chart.getZr().on("click", (event) => {
      const point = [event.offsetX, event.offsetY];
      if (!chart.chart.containPixel({ gridIndex: 0 }, point)) return;
      store.set({ at: iso(chart.chart.convertFromPixel({ xAxisIndex: 0 }, point[0])), playing: false });
    });
    dragOver(chart, picture, {
      grids: () => 1,
      along: (index, low, high) => `${instant(low)} – ${instant(high)}`,
      done: (axis, index, low, high) => store.set({ zoom: { from: iso(low), to: iso(high) } }),
    });
    return chart;
  }

  function unit() {
    return how.value() === "COUNT" ? null : view.models.property([model.value()], property.value())?.unit;
  }

  function nameOf(group) {
    return store.state.other ? `${group.label} · ${group.world}` : group.label;
  }

  function draw() {
    if (made === null || !view.isShown) return;
    const all = [...view.groups.values()].sort((a, b) => b.n - a.n);
    const names = [...new Set(all.map((each) => each.group))];
    const lines = all.map((each) => ({ ...each, name: nameOf(each), colour: names.indexOf(each.group) }))
      .filter((each) => each.colour < mostLines);
    made.draw(groupOption(lines, view.times, unit()));
    drawMoment();
    const path = property.value();
    const what = displayName(view.models.property([model.value()], path)?.displayName, path);
    picture.setAttribute("aria-label", T.chart(`${what}, ${lines.map((line) => line.name).join(", ")}`));
    if (names.length > mostLines) progress.textContent = T.first(mostLines);
    table.refresh();
  }

  function drawMoment() {
    made?.draw(groupMark(), false);
  }

  const anew = () => {
    if (view.isShown) offerModels().then(reload).catch(failed);
  };
  store.on(["world", "other", "language"], anew);
  store.on(["zoom"], reload);
  store.on(["theme"], draw);
  store.on(["at"], () => view.isShown && drawMoment());
  return inSight(view, anew);
}

/** A world has no rows of an instant before it began. */
function unlessBefore(error) {
  if (error.status !== 404 && error.status !== 400) throw error;
  return [];
}
