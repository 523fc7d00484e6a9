/** Changes put at the ends of the lines they belong to, as they come. @module */
import { onChange } from "../core/feed.js";
import { soon } from "../core/calm.js";
import { plain } from "./series.js";

const mostDrawn = 8000;

/**
 * Lets lines grow. A line in buckets or of a span is asked for anew instead.
 * @param {() => {isShown: boolean, lines: object[], span: object|null}} view
 * @param {() => void} draw
 * @param {() => void} reload
 */
export function growLines(view, draw, reload) {
  const drawSoon = soon(draw, 200);
  const reloadSoon = soon(reload, 2000);
  onChange((change, world) => {
    const { isShown, lines, span } = view();
    if (!isShown) return;
    const isPatch = change.kind === "patchTwin";
    for (const line of lines) {
      if (line.twin !== change.twin || line.world !== world) continue;
      if (isPatch && !(line.path in (change.set ?? {}))) continue;
      if (!isPatch || line.band !== null || span !== null || line.points.length >= mostDrawn) {
        reloadSoon();
        continue;
      }
      const point = [Date.parse(change.observed ?? change.recorded), plain(change.set[line.path])];
      const after = line.points.findLastIndex((each) => each[0] <= point[0]);
      line.points.splice(after + 1, 0, point);
      drawSoon();
    }
  });
}
