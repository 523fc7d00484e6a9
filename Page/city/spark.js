/** The course of a twin's numbers, as small charts. @module */
import { get, worldPath } from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { instant, number } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { valueAt } from "../core/models.js";
import { store } from "../core/store.js";

const T = words({
  chart: [(name, low, high, from, to) => `${name}: ${low} to ${high}, ${from} to ${to}`,
    (name, low, high, from, to) => `${name}: ${low}~${high}, ${from}~${to}`],
});
const [width, height] = [340, 44];
const most = 8;

/** Draws the course of each number that has changed, up to eight. */
export async function sparklines(element, title, twin, contents, signal) {
  const numbers = (contents?.properties ?? []).filter(({ path }) => typeof valueAt(twin, path) === "number").slice(0, most);
  const { world, span, zoom } = store.state;
  const from = (zoom ?? span)?.from ?? (zoom ?? span)?.first;
  const all = await Promise.all(numbers.map(async (property) => {
    const parameters = { path: property.path, limit: 1000, from };
    try {
      const { samples } = await get(worldPath(world, "twins", twin.$dtId, "series"), parameters, { signal });
      return { property, samples: samples.filter(({ value }) => typeof value === "number") };
    } catch (error) {
      if (error.status === 422 || error.status === 404) return { property, samples: [] };
      throw error;
    }
  }));
  const moving = all.filter(({ samples }) => samples.length > 1);
  fill(element, moving.length > 0 && h("h3", {}, title), moving.map(chart));
}

function chart({ property, samples }) {
  const name = displayName(property.displayName, property.path);
  const times = samples.map(({ observed }) => Date.parse(observed));
  const values = samples.map(({ value }) => value);
  const [first, last] = [times[0], Math.max(times.at(-1), times[0] + 1)];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (time) => 1 + ((time - first) / (last - first)) * (width - 2);
  const y = (value) => height - 3 - ((value - low) / (high - low || 1)) * (height - 6);
  let path = `M${x(times[0]).toFixed(1)} ${y(values[0]).toFixed(1)}`;
  for (let i = 1; i < times.length; i++) path += `H${x(times[i]).toFixed(1)}V${y(values[i]).toFixed(1)}`;
  const now = store.state.at === null ? last : Date.parse(store.state.at);
  const label = T.chart(name, number(low, property.unit), number(high, property.unit), instant(first), instant(last));
  return h("figure", { class: "spark" },
    h("figcaption", {}, h("span", {}, name), h("span", { class: "quiet-text" }, `${number(low)} – ${number(high, property.unit)}`)),
    h("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, preserveAspectRatio: "none" },
      h("path", { class: "spark-line", d: path }),
      now >= first && now <= last && h("line", { class: "spark-now", x1: x(now), x2: x(now), y1: 0, y2: height })));
}
