/** What was added, has gone and has changed between two worlds, marked for the view of their difference. @module */
import { get, query, quoted, worldPath } from "../core/api.js";
import { failed } from "../core/notice.js";
import { here, latest, store, there } from "../core/store.js";
import { data, onData } from "./data.js";
import { idsOf } from "./ids.js";
import { texelOf } from "./marks.js";
import { differing } from "./slots.js";
import { setState, state } from "./texels.js";
import { onTile } from "./coming.js";
import { draw } from "./view.js";
import { isDifference } from "./views.js";

/** So many changes are asked for, and so many of those looked for whose shape is as it was. */
const most = 1000;
const fewest = 200;

/** How many twins with a shape were added and have gone, and how many twins have changed; `isMore`: at least. */
export const counts = { added: 0, gone: 0, changed: 0, isMore: false };

const told = new Set();
let marked = new Map();
let ghosts = [];

/** Calls `tell()` when the counts have changed. */
export function onStates(tell) {
  told.add(tell);
}

/** Starts following the worlds. */
export function startStates() {
  const follow = latest(read, failed);
  onData(follow);
  onTile(() => isDifference() && follow());
  store.on(["mode", "other"], follow);
}

async function read(signal) {
  if (!isDifference()) {
    if (marked.size > 0 || ghosts.length > 0) show(new Map(), []);
    return;
  }
  if (!isHere()) return;
  const pairs = [...differing()];
  const [mine, theirs] = await Promise.all(["tile", "other"].map((side) => placesOf(pairs, side)));
  const changes = await changedIds(signal);
  const next = new Map();
  const put = ({ tile, at }, value) => tile.first >= 0 && next.set(tile.first + at, value);
  Object.assign(counts, { added: 0, gone: 0, changed: changes.ids.size, isMore: changes.isMore });
  for (const [id, place] of mine) {
    if (!theirs.has(id)) counts.added += 1;
    if (!theirs.has(id)) put(place, state.added);
    else if (changes.ids.has(id)) put(place, state.changed);
  }
  for (const [id, place] of theirs) {
    if (!mine.has(id)) counts.gone += 1;
    put(place, mine.has(id) ? state.hidden : state.gone);
  }
  const others = [...changes.ids].filter((each) => !mine.has(each)).slice(0, fewest).map(quoted).join(", ");
  const text = `SELECT * FROM DIGITALTWINS T WHERE T.$dtId IN [${others}]`;
  for (const found of others === "" ? [] : await query(text, { signal })) {
    const texel = await texelOf(found);
    if (texel >= 0) next.set(texel, state.changed);
  }
  if (isDifference() && isHere()) show(next, pairs.map(({ other }) => other).filter((each) => each?.first >= 0));
}

/** Whether the tiles are those of the two states that are compared; else they will come. */
function isHere() {
  const [mine, theirs] = data.sides;
  const { world, other } = store.state;
  return mine?.world === world && mine.query.at === here().at
    && theirs?.world === other && theirs.query.at === there().at;
}

/** Where the twins of one side of tiles that differ are: by id, the tile and the number in it. */
async function placesOf(pairs, side) {
  const found = new Map();
  await Promise.all(pairs.map((pair) => pair[side]).filter(Boolean).map(async (tile) => {
    (await idsOf(tile)).forEach((id, at) => found.set(id, { tile, at }));
  }));
  return found;
}

/** The ids of twins that both worlds have and that differ. */
async function changedIds(signal) {
  const { world, other } = store.state;
  const asked = { to: world, at: there().at, toAt: here().at, pageSize: most };
  const { items, next } = await get(worldPath(other, "diff"), asked, { signal });
  const changed = items.filter(({ kind }) => kind === "twinChanged");
  return { ids: new Set(changed.map(({ id }) => id)), isMore: next !== undefined };
}

function show(next, drawn) {
  for (const texel of marked.keys()) if (!next.has(texel)) setState(texel, state.none);
  for (const [texel, value] of next) setState(texel, value);
  for (const tile of ghosts) tile.isGhost = false;
  for (const tile of drawn) tile.isGhost = true;
  [marked, ghosts] = [next, drawn];
  for (const tell of told) tell();
  draw();
}
