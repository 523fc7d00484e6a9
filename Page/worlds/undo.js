/** Writes changes as atomic batches, and takes them back: each world has a stack of its own in this page. @module */
import { get, request, worldPath } from "../core/api.js";
import { words } from "../core/i18n.js";
import { valueAt } from "../core/models.js";
import { failed, notice } from "../core/notice.js";
import { store } from "../core/store.js";

const T = words({
  undone: [(reason) => `Undone: ${reason}`, (reason) => `되돌림: ${reason}`],
  undo: ["Undo", "되돌리기"],
  changed: [(id) => `"${id}" has been changed since; this cannot be taken back any more.`,
    (id) => `"${id}"이(가) 그 뒤에 바뀌어 되돌릴 수 없습니다.`],
});

const stacks = new Map();
const tellers = new Set();

/** What can be undone and redone in a world: `{undo: Step[], redo: Step[]}`, newest last. */
export function stackOf(world) {
  if (!stacks.has(world)) stacks.set(world, { undo: [], redo: [] });
  return stacks.get(world);
}

store.on(["worlds"], ({ worlds }) => {
  const there = new Set(worlds.map((each) => each.name));
  for (const world of stacks.keys()) if (!there.has(world)) stacks.delete(world);
});

/** Calls `tell` whenever a stack has changed. */
export function onStack(tell) {
  tellers.add(tell);
}

/**
 * Writes operations as one batch, and remembers how to take them back.
 * @param {object[]} operations  as of `POST /v1/worlds/{world}/batch`
 * @param {string} reason  kept with the change
 */
export async function write(operations, reason) {
  const { world } = store.state;
  const inverse = await inverseOf(world, operations);
  await send(world, operations, reason);
  const stack = stackOf(world);
  stack.undo.push({ reason, operations, inverse });
  stack.redo.length = 0;
  tellAll();
  notice(reason, "info", { label: T.undo, act: () => undo(world).catch(failed) });
}

/** Takes the newest change of this page back. */
export async function undo(world = store.state.world) {
  await turn(world, "undo", "redo", (step) => [step.operations, step.inverse, T.undone(step.reason)]);
}

/** Does again what was undone last. */
export async function redo(world = store.state.world) {
  await turn(world, "redo", "undo", (step) => [step.inverse, step.operations, step.reason]);
}

async function turn(world, from, to, parts) {
  const stack = stackOf(world);
  const step = stack[from].pop();
  if (!step) return;
  const [done, next, reason] = parts(step);
  try {
    await check(world, done);
    await send(world, next, reason);
    stack[to].push(step);
  } catch (error) {
    if (error.status !== undefined) stack[from].push(step);
    throw error;
  } finally {
    tellAll();
  }
}

async function send(world, operations, reason) {
  await request("POST", worldPath(world, "batch"), { body: { operations, reason: reason.slice(0, 300) } });
}

function tellAll() {
  for (const tell of tellers) tell();
}

/** Refuses where somebody has written over what these operations wrote. */
async function check(world, operations) {
  for (const { op, id, set } of operations) {
    if (op !== "patchTwin") continue;
    const twin = await get(worldPath(world, "twins", id));
    const isSame = Object.entries(set).every(([path, value]) => same(valueAt(twin, path) ?? null, value));
    if (!isSame) throw new Error(T.changed(id));
  }
}

function same(a, b) {
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => same(a[key], b[key]));
}

async function inverseOf(world, operations) {
  const inverse = await Promise.all(operations.map((each) => inverses[each.op](world, each)));
  return inverse.reverse();
}

const orNull = (reading) => reading.catch((error) => {
  if (error.status === 404) return null;
  throw error;
});
const readTwin = (world, id) => get(worldPath(world, "twins", id));
const readLink = (world, { source, id }) => get(worldPath(world, "twins", source, "relationships", id));

const inverses = {
  async patchTwin(world, { id, set }) {
    const twin = await readTwin(world, id);
    const old = Object.keys(set).map((path) => [path, valueAt(twin, path) ?? null]);
    return { op: "patchTwin", id, set: Object.fromEntries(old) };
  },
  async putTwin(world, { id }) {
    const twin = await orNull(readTwin(world, id));
    return twin === null ? { op: "deleteTwin", id } : { op: "putTwin", id, twin: bare(twin) };
  },
  async deleteTwin(world, { id }) {
    return { op: "putTwin", id, twin: bare(await readTwin(world, id)) };
  },
  async putRelationship(world, { source, id }) {
    const link = await orNull(readLink(world, { source, id }));
    if (link === null) return { op: "deleteRelationship", source, id };
    return { op: "putRelationship", source, id, relationship: bareLink(link) };
  },
  async deleteRelationship(world, { source, id }) {
    return { op: "putRelationship", source, id, relationship: bareLink(await readLink(world, { source, id })) };
  },
};

function bare({ $dtId, $etag, $metadata, ...values }) {
  for (const [name, value] of Object.entries(values)) {
    if (value?.$metadata) values[name] = { ...value, $metadata: {} };
  }
  return { ...values, $metadata: { $model: $metadata.$model } };
}

function bareLink({ $etag, $relationshipId, $sourceId, ...values }) {
  return values;
}
