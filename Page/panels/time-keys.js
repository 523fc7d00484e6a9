/** Keys of the chart of values over time: from change to change, and zooming. @module */
import { store } from "../core/store.js";
import { moment } from "./chart.js";
import { iso } from "./series.js";

/** Does what a key stands for. */
export function pressKey(event, { lines, span }, go) {
  const all = lines.flatMap((line) => line.points.map((point) => point[0]));
  const times = [...new Set(all)].sort((a, b) => a - b);
  const time = moment();
  const [first, last] = span ? [span.from, span.to] : [times[0], times.at(-1)];
  const centre = Math.min(Math.max(time, first), last);
  const zoom = (factor) => store.set({ zoom: {
    from: iso(centre - (centre - first) * factor),
    to: iso(Math.min(centre + (last - centre) * factor, Date.now())),
  } });
  const keys = {
    ArrowLeft: () => go(times.findLast((each) => each < time)),
    ArrowRight: () => go(times.find((each) => each > time)),
    "+": () => zoom(0.5),
    "=": () => zoom(0.5),
    "-": () => zoom(2),
    0: () => store.set({ zoom: null }),
  };
  if (!keys[event.key] || times.length === 0) return;
  event.preventDefault();
  keys[event.key]();
}
