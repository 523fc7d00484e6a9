/** Drafts of an edit on the map: twins that are dragged, a block that is placed. Who set the tool writes the draft. @module */
import { failed } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { token } from "../core/theme.js";
import { camera, groundAt } from "./camera.js";
import { data } from "./data.js";
import { outlineOf } from "./marks.js";
import { takePointer } from "./pointer.js";
import { Strokes, edges } from "./strokes.js";
import { flag, isMarked } from "./texels.js";
import { twin } from "./twins.js";
import { texelNow } from "./painter.js";

let lines = null;
let dragged = null;
let top = 0;
let high = 0;

/** Starts following the tool. */
export function startDraft() {
  lines = new Strokes({ colour: token("--other"), width: 2.5, isOver: true });
  const show = latest(draw, failed);
  store.on(["tool", "draft"], show);
  store.on(["theme"], () => {
    lines.colour = token("--other");
  });
  takePointer({ down, move, up: () => {
    dragged = null;
  }, click });
}

/** Takes a drag that begins on one of the twins: those are the selected ones. */
function down(point) {
  const { tool, draft } = store.state;
  if (tool?.kind !== "move" || !isMarked(texelNow(point.x, point.y), flag.selected)) return false;
  high = Math.min(top, 0.8 * camera.position.z);
  const from = groundAt(point.view.u, point.view.v, high);
  if (!from) return false;
  dragged = { from, east: draft?.east ?? 0, north: draft?.north ?? 0 };
  return true;
}

/** Moves the twins so that their roofs stay under the pointer. */
function move({ view }) {
  const to = dragged && groundAt(view.u, view.v, high);
  if (!to) return;
  const round = (value) => Math.round(value * 20) / 20;
  store.set({ draft: {
    east: round(dragged.east + to.x - dragged.from.x), north: round(dragged.north + to.y - dragged.from.y),
  } });
}

function click({ ground }) {
  if (store.state.tool?.kind !== "place" || !ground) return store.state.tool?.kind === "place";
  const [lon, lat] = data.project.toDegrees(ground.x, ground.y);
  store.set({ draft: { lon: Number(lon.toFixed(7)), lat: Number(lat.toFixed(7)) } });
  return true;
}

async function draw() {
  const { tool, draft } = store.state;
  if (!tool || !data.project || (tool.kind === "place" && !draft)) {
    lines.set([]);
    return;
  }
  if (tool.kind === "move") {
    const twins = await Promise.all(tool.ids.map((id) => twin(id).catch(() => null)));
    const pairs = twins.filter(Boolean).flatMap(outlineOf);
    top = pairs.reduce((most, [, [, , z]]) => Math.max(most, z), 0);
    lines.set(pairs);
    lines.moveTo(store.state.draft?.east ?? 0, store.state.draft?.north ?? 0);
    return;
  }
  const [x, y] = data.project.toMetres(draft.lon, draft.lat);
  lines.set(edges([block(tool)], 0, tool.height, true));
  lines.moveTo(x, y);
}

/** The closed outline of a block around 0, turned clockwise. */
function block({ width, depth, turn }) {
  const t = (-turn * Math.PI) / 180;
  return [[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]].map(([u, v]) => {
    const [x, y] = [(u * width) / 2, (v * depth) / 2];
    return [x * Math.cos(t) - y * Math.sin(t), x * Math.sin(t) + y * Math.cos(t)];
  });
}
