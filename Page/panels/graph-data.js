/** What the graph explorer asks the server. @module */
import { query, quoted, request, worldPath } from "../core/api.js";
import { sides } from "./sides.js";

/** Most twins in the drawing: a list in a query holds 1,000 values. */
export const mostNodes = 400;

/** How many neighbours come at once. */
export const step = 25;

/**
 * Some twins and every relationship among them, in the world looked at and in what it is compared with.
 * A node has `state`: `same`, `added` (only in the other world), `removed` (only in the world looked at),
 * `changed`, or `absent` (in neither as of this instant); so has an edge.
 */
export async function loadGraph(ids, signal) {
  const [mine, theirs = null] = await Promise.all(sides().map((side) => loadWorld(ids, side, signal)));
  const nodes = new Map(ids.map((id) => {
    const [a, b] = [mine.twins.get(id), theirs?.twins.get(id)];
    const twin = a ?? b;
    const state = twin ? stateOf(a, b, theirs !== null) : "absent";
    return [id, { id, twin, model: twin?.$metadata.$model, state }];
  }));
  const edges = new Map();
  for (const key of new Set([...mine.edges.keys(), ...(theirs?.edges.keys() ?? [])])) {
    const [a, b] = [mine.edges.get(key), theirs?.edges.get(key)];
    const edge = a ?? b;
    edges.set(key, {
      key, edge, source: edge.$sourceId, target: edge.$targetId, name: edge.$relationshipName,
      state: stateOf(a, b, theirs !== null),
    });
  }
  return { nodes, edges };
}

function stateOf(a, b, isCompared) {
  if (!isCompared) return "same";
  if (!a) return "added";
  if (!b) return "removed";
  return content(a) === content(b) ? "same" : "changed";
}

/** A twin or relationship without what differs from world to world although nothing was changed. */
function content({ $etag, $metadata, ...rest }) {
  return JSON.stringify([$metadata?.$model, Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

async function loadWorld(ids, { world, at }, signal) {
  const among = ids.map(quoted).join(", ");
  const [twins, edges] = ids.length === 0 ? [[], []] : await Promise.all([
    query(`SELECT T FROM DIGITALTWINS T WHERE T.$dtId IN [${among}]`, { world, at, signal }),
    query(`SELECT R FROM RELATIONSHIPS R WHERE R.$sourceId IN [${among}] AND R.$targetId IN [${among}]`,
      { world, at, signal, most: 5000 }),
  ]);
  return {
    twins: new Map(twins.map(({ T }) => [T.$dtId, T])),
    edges: new Map(edges.map(({ R }) => [`${R.$sourceId}/${R.$relationshipId}`, R])),
  };
}

/** The relationships of a twin by name and direction, with how many there are in the world that has most. */
export async function waysFrom(id, signal) {
  const ways = new Map();
  for (const isOut of [true, false]) {
    const text = "SELECT r.$relationshipName AS name, COUNT() AS n FROM DIGITALTWINS MATCH (a)-[r]->(b) " +
      `WHERE ${isOut ? "a" : "b"}.$dtId = ${quoted(id)} GROUP BY r.$relationshipName`;
    for (const { world, at } of sides()) {
      for (const { name, n } of await query(text, { world, at, signal })) {
        const key = `${isOut}\n${name}`;
        ways.set(key, { name, isOut, n: Math.max(n, ways.get(key)?.n ?? 0) });
      }
    }
  }
  return [...ways.values()];
}

/** The next neighbours of a twin along a relationship, `step` of them from `skip` on. */
export async function neighbours(id, { name, isOut }, skip) {
  const [from, to] = isOut ? ["a", "b"] : ["b", "a"];
  const text = `SELECT ${to}.$dtId AS id FROM DIGITALTWINS MATCH (a)-[r]->(b) ` +
    `WHERE ${from}.$dtId = ${quoted(id)} AND r.$relationshipName = ${quoted(name)} ` +
    `LIMIT ${step} OFFSET ${skip}`;
  const all = await Promise.all(sides().map(({ world, at }) => query(text, { world, at })));
  return [...new Set(all.flat().map((row) => row.id))];
}

/** The twins on a shortest path between two, whichever way relationships point; `null` if it is over ten. */
export async function findPath(a, b) {
  const ends = `a.$dtId = ${quoted(a)} AND b.$dtId = ${quoted(b)}`;
  for (let length = 1; length <= 10; length += 1) {
    const near = `SELECT COUNT() AS n FROM DIGITALTWINS MATCH (a)-[*..${length}]-(b) WHERE ${ends}`;
    if ((await query(near))[0].n === 0) continue;
    const between = Array.from({ length: length - 1 }, (_, i) => `n${i}`);
    if (length === 1) return [a, b];
    const text = `SELECT ${between.map((each) => `${each}.$dtId AS ${each}`).join(", ")} FROM DIGITALTWINS ` +
      `MATCH (a)-[]-${between.map((each) => `(${each})-[]-`).join("")}(b) WHERE ${ends} LIMIT 1`;
    const rows = await query(text);
    return [a, ...between.map((each) => rows[0][each]), b];
  }
  return null;
}

/** Twins in which the two worlds differ, and the ends of relationships in which they do. */
export async function differing(most) {
  const [from, to] = sides();
  const parameters = { to: to.world, at: from.at, toAt: to.at, pageSize: 1000 };
  const { items } = await request("GET", worldPath(from.world, "diff"), { query: parameters });
  const ids = items.flatMap((item) => (item.kind.startsWith("relationship")
    ? [item.source, item.old?.target, item.new?.target] : item.kind.startsWith("twin") ? [item.id] : []));
  return [...new Set(ids.filter(Boolean))].slice(0, most);
}

/** Twins whose id is a text or whose name has it. */
export async function findTwins(text) {
  const wanted = quoted(text.trim());
  if (wanted === "''") return [];
  const select = "SELECT T.$dtId AS id, T.name AS name FROM DIGITALTWINS T";
  const one = await query(`${select} WHERE T.$dtId = ${wanted}`);
  if (one.length > 0) return one;
  return query(`${select} WHERE CONTAINS(T.name, ${wanted}) OR CONTAINS(T.$dtId, ${wanted}) LIMIT 12`);
}

/** Remembers how many neighbours of a twin were taken along each relationship, to bring the next ones. */
export function takings() {
  const taken = new Map();
  const more = async (id, way) => {
    const key = `${id}\n${way.isOut}\n${way.name}`;
    const before = taken.get(key) ?? 0;
    const ids = await neighbours(id, way, before);
    taken.set(key, before + ids.length);
    return ids;
  };
  return {
    more,
    /** Along every relationship at once. */
    async firstOfAll(id) {
      return (await Promise.all((await waysFrom(id)).map((way) => more(id, way)))).flat();
    },
    clear: () => taken.clear(),
  };
}
