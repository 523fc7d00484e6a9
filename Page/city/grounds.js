/** Kinds of ground that models tell apart, such as water and green, in colours of their own. @module */
import { query, quoted } from "../core/api.js";
import { contentsOf } from "../core/models.js";
import { failed } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { onData } from "./data.js";
import { idsOf } from "./ids.js";
import { allLayers } from "./layers.js";
import { tiles } from "./slots.js";
import { setKind } from "./texels.js";
import { onTile } from "./coming.js";
import { draw } from "./view.js";

/** The kinds that have a colour: values of an enumeration that are called so. */
export const groundKinds = ["green", "water", "parking", "facility", "pedestrian"];

const most = 5000;
const found = new Map();

/** Starts following the layers. */
export function startGrounds() {
  onData(latest(read, failed));
  onTile((tile) => paint(tile).catch(failed));
}

/** Asks once for a world and layer which kind each of its areas is. */
async function read(signal) {
  const { world, who } = store.state;
  for (const layer of allLayers().filter(({ kind, count }) => who && kind === "area" && count <= most)) {
    const key = `${world} ${layer.model} ${layer.count}`;
    if (found.get(layer.model)?.key === key) continue;
    const kinds = new Map();
    found.set(layer.model, { key, kinds });
    const { properties } = await contentsOf(world, layer.model);
    const property = properties.find(({ schema }) => schema?.enumValues?.some(({ name }) => groundKinds.includes(name)));
    if (!property) continue;
    const text = `SELECT T.$dtId, T.${property.path} AS kind FROM DIGITALTWINS T `
      + `WHERE IS_OF_MODEL(T, ${quoted(layer.model)}, exact)`;
    const names = new Map(property.schema.enumValues.map(
      ({ name, enumValue }) => [enumValue, groundKinds.indexOf(name) + 1]));
    for (const row of await query(text, { signal, most })) kinds.set(row.$dtId, names.get(row.kind) ?? 0);
    for (const tile of tiles.values()) if (tile.model === layer.model) await paint(tile);
  }
}

async function paint(tile) {
  const kinds = found.get(tile.model)?.kinds;
  if (!kinds || kinds.size === 0 || tile.first < 0) return;
  const ids = await idsOf(tile);
  if (tile.first < 0) return;
  ids.forEach((id, i) => setKind(tile.first + i, kinds.get(id) ?? 0));
  draw();
}
