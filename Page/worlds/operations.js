/** What the editor's tools write: operations of a batch for storeys, moves, blocks, closed roads, deletions. @module */
import { get, worldPath } from "../core/api.js";

/** How high a storey is taken to be, in metres. */
export const STOREY = 3;
/** What routes are told a metre of a closed road costs: enough to keep off it. */
export const CLOSED_COST = 1000;
/** OpenStreetMap's word for a road that cannot be used because it is being built. */
export const CLOSED_HIGHWAY = "construction";

const GEOMETRIES = new Set(["point", "multiPoint", "lineString", "multiLineString", "polygon", "multiPolygon"]);

/** The properties of a model that hold places. */
export function placesOf(contents) {
  return contents.properties.filter((each) => GEOMETRIES.has(each.schema));
}

/** Whether twins of a model have a height in metres. */
export function hasHeight(contents) {
  return contents.properties.some((each) => each.path === "height" && String(each.unit).endsWith("metre"));
}

/** Whether twins of a model are blocks: an outline that is as high as a property says. */
export function isBlock(contents) {
  return hasHeight(contents) && contents.properties.some((each) => each.schema === "multiPolygon");
}

/** Makes buildings higher, or lower, by storeys. */
export function storeyOperations(twins, storeys) {
  return twins.map((twin) => {
    const set = { height: Math.max((twin.height ?? 0) + storeys * STOREY, STOREY) };
    if (Number.isInteger(twin.storeys)) set.storeys = Math.max(twin.storeys + storeys, 1);
    return { op: "patchTwin", id: twin.$dtId, set };
  });
}

/** Moves twins by metres. @param {Map<object, object>} twins  with the contents of their models */
export function moveOperations(twins, east, north) {
  return [...twins].map(([twin, contents]) => {
    const places = placesOf(contents).filter(({ path }) => twin[path] !== undefined);
    const set = Object.fromEntries(places.map(({ path }) => [path, moved(twin[path], east, north)]));
    for (const [path, value] of Object.entries(twin)) {
      if (Array.isArray(value?.vertices)) set[path] = { ...value, vertices: movedVertices(value.vertices, east, north) };
    }
    return { op: "patchTwin", id: twin.$dtId, set };
  }).filter((each) => Object.keys(each.set).length > 0);
}

function moved(geometry, east, north) {
  const move = (each) => (typeof each[0] === "number" ? movedPoint(each, east, north) : each.map(move));
  return { ...geometry, coordinates: move(geometry.coordinates) };
}

function movedPoint([lon, lat, ...rest], east, north) {
  const [perLon, perLat] = metresPerDegree(lat);
  return [round(lon + east / perLon), round(lat + north / perLat), ...rest];
}

/** Vertices of surfaces: longitude, latitude and height of each, one after the other. */
function movedVertices(vertices, east, north) {
  return vertices.flatMap((_, i) => (i % 3 === 0 ? movedPoint(vertices.slice(i, i + 3), east, north) : []));
}

/** Metres of a degree of longitude and latitude (the usual series for WGS 84). */
function metresPerDegree(latitude) {
  const a = (latitude * Math.PI) / 180;
  return [
    111412.84 * Math.cos(a) - 93.5 * Math.cos(3 * a) + 0.118 * Math.cos(5 * a),
    111132.92 - 559.82 * Math.cos(2 * a) + 1.175 * Math.cos(4 * a),
  ];
}

const round = (degrees) => Math.round(degrees * 1e7) / 1e7;

/** A new block: a rectangle of metres, turned clockwise by degrees, about a place. */
export function blockOperation(id, contents, { lon, lat, width, depth, height, turn, name }) {
  const angle = (turn * Math.PI) / 180;
  const [perLon, perLat] = metresPerDegree(lat);
  const ring = [[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]].map(([x, y]) => {
    const [east, north] = [(x * width) / 2, (y * depth) / 2];
    return [
      round(lon + (east * Math.cos(angle) + north * Math.sin(angle)) / perLon),
      round(lat + (north * Math.cos(angle) - east * Math.sin(angle)) / perLat),
    ];
  });
  const twin = { $metadata: { $model: contents.id }, height };
  const outline = contents.properties.find((each) => each.schema === "multiPolygon");
  twin[outline.path] = { type: "MultiPolygon", coordinates: [[ring]] };
  const point = contents.properties.find((each) => each.schema === "point");
  if (point) twin[point.path] = { type: "Point", coordinates: [round(lon), round(lat)] };
  if (contents.properties.some((each) => each.path === "area")) twin.area = Math.round(width * depth);
  if (name) twin.name = name;
  return { op: "putTwin", id, twin, ifNoneMatch: "*" };
}

/** Closes roads: they count as being built, and their segments cost routes more than any way around. */
export async function closeOperations(world, twins) {
  const operations = twins.map((twin) => ({ op: "patchTwin", id: twin.$dtId, set: { highway: CLOSED_HIGHWAY } }));
  for (const twin of twins) {
    for (const link of await linksOf(world, twin.$dtId, "incoming")) {
      const source = await get(worldPath(world, "twins", link.$sourceId));
      if (typeof source.costFactor === "number") {
        operations.push({ op: "patchTwin", id: link.$sourceId, set: { costFactor: CLOSED_COST } });
      }
    }
  }
  return operations;
}

/** Deletes twins with their relationships. */
export async function deleteOperations(world, ids) {
  const links = new Map();
  for (const id of ids) {
    for (const way of ["relationships", "incoming"]) {
      for (const link of await linksOf(world, id, way)) links.set(`${link.$sourceId} ${link.$relationshipId}`, link);
    }
  }
  const deletions = [...links.values()]
    .map((link) => ({ op: "deleteRelationship", source: link.$sourceId, id: link.$relationshipId }));
  return [...deletions, ...ids.map((id) => ({ op: "deleteTwin", id }))];
}

/** All relationships that leave a twin (`relationships`) or arrive at it (`incoming`). */
export async function linksOf(world, id, way, signal) {
  const links = [];
  let cursor;
  do {
    const page = await get(worldPath(world, "twins", id, way), { pageSize: 1000, cursor }, { signal });
    links.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return links;
}
