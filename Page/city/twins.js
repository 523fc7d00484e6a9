/** Twins as they are at the instant and in the world that is looked at; names and shapes of them. @module */
import { get, query, quoted, worldPath } from "../core/api.js";
import { onChange } from "../core/feed.js";
import { here, store } from "../core/store.js";

const kept = new Map();
let keptFor = "";

onChange(({ twin: id }) => {
  if (id === undefined) kept.clear();
  else if (store.state.at === null) kept.delete(id);
});

/** A twin; asked once for a world and an instant, until it changes. @returns {Promise<object>} */
export function twin(id) {
  const { world, at } = store.state;
  const now = `${world} ${at}`;
  if (now !== keptFor || kept.size > 500) {
    kept.clear();
    keptFor = now;
  }
  if (!kept.has(id)) {
    const asked = get(worldPath(world, "twins", id), here());
    asked.catch(() => kept.delete(id));
    kept.set(id, asked);
  }
  return kept.get(id);
}

/** What people call a twin: its name in the page's language, or its id. */
export function nameOf(twin) {
  const english = store.state.language === "en" ? twin.nameEn : undefined;
  const found = [english, twin.name, twin.displayName, twin.nameEn].find((each) => typeof each === "string" && each !== "");
  return found ?? twin.$dtId;
}

/** Rows `{$dtId, name, nameEn, model}` of twins, by id; ids that are not there are left out. */
export async function named(ids, signal) {
  const found = new Map();
  for (let from = 0; from < ids.length; from += 500) {
    const list = ids.slice(from, from + 500).map(quoted).join(", ");
    const text = "SELECT T.$dtId, T.name, T.nameEn, T.$metadata.$model AS model FROM DIGITALTWINS T "
      + `WHERE T.$dtId IN [${list}]`;
    for (const row of await query(text, { signal })) found.set(row.$dtId, row);
  }
  return found;
}

const rich = ["MultiPolygon", "Polygon", "MultiLineString", "LineString", "MultiPoint", "Point"];

/** The richest shape among a twin's properties, as GeoJSON, or `null`. */
export function shapeOf(twin) {
  const shapes = Object.values(twin).filter((each) => rich.includes(each?.type) && Array.isArray(each.coordinates));
  return shapes.sort((a, b) => rich.indexOf(a.type) - rich.indexOf(b.type))[0] ?? null;
}

/** The rings of a twin's surfaces in space, each a list of `[lon, lat, metres]`; `null` where it has none. */
export function surfacesOf(twin) {
  const found = Object.values(twin).find((each) => Array.isArray(each?.vertices) && Array.isArray(each.surfaces));
  if (!found) return null;
  return found.surfaces.flat().map((ring) => ring.map((at) => found.vertices.slice(3 * at, 3 * at + 3)));
}

/** The rings or lines of a shape, each a list of `[lon, lat]`; a point is one of one point. */
export function linesOf(shape) {
  const depth = { Point: 0, MultiPoint: 1, LineString: 1, MultiLineString: 2, Polygon: 2, MultiPolygon: 3 }[shape.type];
  if (shape.type === "MultiPoint") return shape.coordinates.map((each) => [each]);
  if (depth === 0) return [[shape.coordinates]];
  if (depth === 1) return [shape.coordinates];
  return depth === 2 ? shape.coordinates : shape.coordinates.flat();
}

/** Where a twin is: `{lon, lat, metres}`, the last how far it reaches; `null` where it has no place. */
export function placeOf(twin) {
  const shape = shapeOf(twin);
  if (!shape) return null;
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of linesOf(shape).flat()) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  const metres = 111195 * Math.hypot((box[2] - box[0]) * Math.cos((box[1] * Math.PI) / 180), box[3] - box[1]);
  return { lon: (box[0] + box[2]) / 2, lat: (box[1] + box[3]) / 2, metres };
}
