/** The lines of a chart over time: which there are, their names, their legend, their rows. @module */
import { fill, h } from "../core/dom.js";
import { instant, number } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { valueAt as valueOf } from "../core/models.js";
import { store } from "../core/store.js";
import { keepingFocus } from "../core/calm.js";
import { twinName } from "./twins.js";
import { seriesColour } from "./chart.js";
import { iso, valueAt } from "./series.js";

const T = words({
  remove: [(name) => `Remove ${name}`, (name) => `${name} 빼기`],
  noValues: ["No recorded values.", "기록된 값이 없습니다."],
  when: ["Time", "시각"],
});

/** The properties of which some twins have values that are numbers or truths. */
export function drawable(models, twins) {
  const all = [...new Set(twins.map((twin) => twin.$metadata.$model))].flatMap((id) => models.properties(id));
  const isDrawn = (each) => (each.isNumber || each.isTruth) && each.depth === "property"
    && twins.some((twin) => valueOf(twin, each.path) !== undefined);
  const once = new Map(all.filter(isDrawn).map((each) => [each.path, each]));
  return [...once.values()];
}

/** The property to begin with: the one that colours the map, else the first. */
export function firstOf(properties) {
  const { colour } = store.state;
  return (properties.find((each) => each.path === colour?.path) ?? properties[0]).path;
}

/** A line for every property, twin and world; properties and twins differ in colour, worlds in stroke. */
export function linesOf(models, paths, twins, worlds) {
  const lines = [];
  paths.forEach((path, p) => twins.forEach((twin, t) => {
    const property = models.property([twin.$metadata.$model], path);
    if (!property) return;
    worlds.forEach((world, dash) => lines.push({
      id: `${path}\n${twin.$dtId}\n${world}`, path, world, property, dash,
      twin: twin.$dtId, name: twinName(twin), colour: p * twins.length + t,
    }));
  }));
  return lines;
}

/** What a line is called. */
export function lineName(line) {
  return `${displayName(line.property.displayName, line.path)} · ${line.name} · ${line.world}`;
}

/** Draws the legend; `drawValues` puts the values of a moment into it. */
export function drawLegend(element, lines, remove) {
  keepingFocus(element, () => fill(element, lines.map((line) => h("li", {},
    stroke(line),
    h("span", { class: "stretch" }, displayName(line.property.displayName, line.path),
      h("span", { class: "quiet-text" }, ` · ${line.name} · ${line.world}`)),
    h("span", { class: "line-value" }),
    h("button", {
      class: "quiet",
      dataset: { key: line.id },
      "aria-label": T.remove(lineName(line)),
      title: T.remove(lineName(line)),
      onclick: () => remove(line),
    }, "✕")))));
}

/** Puts the values that hold at a moment into the legend. */
export function drawValues(element, lines, time) {
  element.querySelectorAll(".line-value").forEach((value, i) => {
    const line = lines[i];
    value.textContent = line.points.length === 0 ? T.noValues
      : number(valueAt(line.points, time), line.property.unit);
  });
}

/** The lines as a table: its columns and its rows, one for each instant at which any line has a value. */
export function tableOf(lines) {
  const times = new Map();
  lines.forEach((line, i) => line.points.forEach(([time, value]) => {
    if (!times.has(time)) times.set(time, { time });
    times.get(time)[i] = value;
  }));
  return [[
    { key: "time", label: () => T.when, value: (row) => row.time, show: (row) => instant(row.time) },
    ...lines.map((line, i) => ({
      key: line.id,
      label: lineName(line),
      isNumber: true,
      value: (row) => row[i],
      show: (row) => (row[i] === undefined ? "" : number(row[i], line.property.unit)),
    })),
  ], [...times.values()].sort((a, b) => a.time - b.time)];
}

/** The lines as rows of CSV, the head first. */
export function csvOf(lines) {
  return [["world", "twin", "property", "unit", "observed", "value", "minimum", "maximum"],
    lines.flatMap((line) => line.points.map(([time, value], i) => [
      line.world, line.twin, line.path, line.property.unit ?? "", iso(time), value,
      line.band?.[i][1], line.band?.[i][2],
    ]))];
}

function stroke(line) {
  const dash = [null, "7 4", "2 3", "10 3 2 3"][line.dash % 4];
  return h("svg", { class: "line-stroke", viewBox: "0 0 28 10", "aria-hidden": "true" }, h("line", {
    x1: "1", x2: "27", y1: "5", y2: "5", "stroke-dasharray": dash,
    style: { stroke: seriesColour(line.colour) },
  }));
}
