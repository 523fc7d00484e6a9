/** The workers of the city: one makes tiles, one reads values, so that neither waits for the other. @module */

const waiting = new Map();
let number = 0;

function start(file) {
  const worker = new Worker(new URL(file, import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }) => {
    const task = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.fault !== undefined) task.reject(new Error(data.fault));
    else task.resolve(data.answer);
  });
  return (task, message = {}, transfer = []) => new Promise((resolve, reject) => {
    number += 1;
    waiting.set(number, { resolve, reject });
    worker.postMessage({ id: number, task, ...message }, transfer);
  });
}

/** Makes tiles: `tile` with `{buffer, first, most, isDisc}` answers what `build` gives. */
export const tileWorker = start("./tileworker.js");

/** Reads values: `values` with `{buffer}`; `far` and `forget` tell it of the squares of tiles. */
export const valueWorker = start("./valueworker.js");
