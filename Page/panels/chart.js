/** What all charts share: the library, its colours, dragging over it, pictures of it. @module */
import { h } from "../core/dom.js";
import { instant, number } from "../core/format.js";
import { store } from "../core/store.js";
import { token } from "../core/theme.js";
import { saveBlob } from "./download.js";

/** Strokes of worlds: the one looked at, the one it is compared with, further ones. */
export const dashes = ["solid", [7, 4], [2, 3], [10, 3, 2, 3]];

/** Signs of lines, so that colour never stands alone. */
export const signs = ["circle", "rect", "triangle", "diamond", "roundRect", "pin", "arrow", "emptyCircle"];

/** The colour of the line with a number. */
export function seriesColour(index) {
  return token(`--series-${(index % 8) + 1}`);
}

/**
 * Makes a chart in an element, which it follows in size.
 * @param {Element} element
 * @returns {Promise<{chart: object, draw: (option: object, isWhole?: boolean) => void,
 *   png: (name: string) => void}>}
 */
export async function makeChart(element) {
  const { echarts } = await import("/page/lib/echarts/index.js");
  const chart = echarts.init(element, null, { renderer: "canvas" });
  new ResizeObserver(() => {
    if (element.clientWidth > 0 && element.clientHeight > 0) chart.resize();
  }).observe(element);
  return {
    chart,
    draw(option, isWhole = true) {
      chart.setOption(isWhole ? { ...base(), ...option } : option, { notMerge: isWhole, lazyUpdate: false });
    },
    png(name) {
      const picture = chart.getRenderedCanvas({ pixelRatio: 2, backgroundColor: token("--panel") });
      picture.toBlob((blob) => saveBlob(blob, `${name}.png`));
    },
  };
}

function base() {
  return {
    animation: false,
    backgroundColor: "transparent",
    textStyle: { color: token("--quiet"), fontSize: 12,
      fontFamily: getComputedStyle(document.body).fontFamily },
    tooltip: tooltip(),
  };
}

/** A tooltip drawn on the canvas, as the page allows no style attributes in markup. */
export function tooltip(more = {}) {
  return {
    renderMode: "richText",
    confine: true,
    backgroundColor: token("--raised"),
    borderColor: token("--line"),
    textStyle: { color: token("--text"), fontSize: 12 },
    ...more,
  };
}

/** An axis of values. */
export function valueAxis(unit, more = {}) {
  return {
    type: "value",
    scale: true,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: token("--line"), opacity: 0.6 } },
    axisLabel: { color: token("--quiet"), formatter: (value) => number(value, null, { digits: 6 }) },
    ...more,
  };
}

/** An axis of instants in the browser's time zone. */
export function timeAxis(more = {}) {
  return {
    type: "time",
    axisLine: { lineStyle: { color: token("--line") } },
    axisTick: { show: false },
    axisLabel: { color: token("--quiet"), hideOverlap: true, formatter: shortInstant },
    axisPointer: { lineStyle: { color: token("--quiet"), type: "dashed" }, label: { show: false } },
    ...more,
  };
}

function shortInstant(value) {
  const date = new Date(value);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
  if (isMidnight && date.getMonth() === 0 && date.getDate() === 1) return instant(date, { year: "numeric" });
  if (isMidnight) return instant(date, { day: "numeric", month: "short" });
  if (date.getSeconds() === 0) return instant(date, { hour: "2-digit", minute: "2-digit" });
  return instant(date, { timeStyle: "medium" });
}

/** The moment looked at, in milliseconds. */
export function moment() {
  return store.state.at === null ? Date.now() : Date.parse(store.state.at);
}

/**
 * Lets somebody drag over a chart: along it for a span of its x axis, up or down for a span of values. The
 * span is told while it grows and when it is let go; Escape gives up.
 * @param {object} made  of `makeChart`
 * @param {Element} element  the chart's
 * @param {object} on
 * @param {() => number} on.grids  how many grids there are
 * @param {(grid: number, low: number, high: number) => string} [on.along]  what a span of x is called
 * @param {(grid: number, low: number, high: number) => string} [on.across]  what a span of y is called
 * @param {(axis: "along"|"across", grid: number, low: number, high: number) => void} on.done
 */
export function dragOver({ chart }, element, on) {
  const box = h("div", { class: "plot-drag", hidden: true }, h("span"));
  element.append(box);
  let from = null;

  function place(event) {
    const area = element.getBoundingClientRect();
    return [event.clientX - area.left, event.clientY - area.top];
  }
  function gridAt(point) {
    for (let grid = 0; grid < on.grids(); grid += 1) {
      if (chart.containPixel({ gridIndex: grid }, point)) return grid;
    }
    return null;
  }
  function span(point) {
    const [across, down] = [0, 1].map((each) => Math.abs(point[each] - from.point[each]));
    const isAlong = !on.across || across >= down;
    const axis = isAlong ? 0 : 1;
    const area = chart.getModel().getComponent("grid", from.grid).coordinateSystem.getRect();
    const [start, size] = isAlong ? [area.x, area.width] : [area.y, area.height];
    const ends = [from.point[axis], point[axis]].map((each) => Math.min(Math.max(each, start), start + size));
    const finder = isAlong ? { xAxisIndex: from.grid } : { yAxisIndex: from.grid };
    const values = ends.map((each) => chart.convertFromPixel(finder, each)).sort((a, b) => a - b);
    return { isAlong, area, values, low: Math.min(...ends), length: Math.abs(ends[0] - ends[1]) };
  }
  function finish() {
    from = null;
    box.hidden = true;
  }
  element.addEventListener("pointerdown", (event) => {
    const point = place(event);
    const grid = event.button === 0 ? gridAt(point) : null;
    if (grid !== null) from = { point, grid };
  });
  window.addEventListener("pointermove", (event) => {
    if (!from) return;
    const { isAlong, area, values, low, length } = span(place(event));
    box.hidden = length < 4;
    if (length < 4) return;
    Object.assign(box.style, isAlong
      ? { left: `${low}px`, width: `${length}px`, top: `${area.y}px`, height: `${area.height}px` }
      : { top: `${low}px`, height: `${length}px`, left: `${area.x}px`, width: `${area.width}px` });
    box.firstChild.textContent = (isAlong ? on.along : on.across)(from.grid, ...values);
  });
  window.addEventListener("pointerup", (event) => {
    if (!from) return;
    const { isAlong, values, length } = span(place(event));
    const { grid } = from;
    finish();
    if (length >= 4) on.done(isAlong ? "along" : "across", grid, ...values);
  });
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && from) finish();
  });
}
