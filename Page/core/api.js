/** Requests to the server. @module */
import { store } from "./store.js";

const TOKEN = "nuri.token";

/** An answer that says no: `status`, and of the problem `code`, `detail`, `place` and `advice`. */
export class ApiError extends Error {
  constructor(status, problem) {
    super([problem.detail ?? problem.title ?? `HTTP ${status}`, problem.advice].filter(Boolean).join(" "));
    this.name = "ApiError";
    this.status = status;
    Object.assign(this, { code: problem.code, place: problem.place, advice: problem.advice, problem });
  }
}

/** Keeps the key or token of this tab, or forgets it with `null`. */
export function keepToken(token) {
  if (token === null) sessionStorage.removeItem(TOKEN);
  else sessionStorage.setItem(TOKEN, token);
}

/** Whether there is a key or token to try. */
export function hasToken() {
  return sessionStorage.getItem(TOKEN) !== null;
}

/**
 * Asks the server.
 * @param {string} method
 * @param {string} path  from the root, its segments encoded already (see `worldPath`)
 * @param {object} [options]
 * @param {object} [options.query]  parameters; arrays give several, `undefined` and `null` none
 * @param {any} [options.body]  a value to be sent as JSON, or bytes with `type`
 * @param {string} [options.type]  the body's content type
 * @param {object} [options.headers]
 * @param {AbortSignal} [options.signal]
 * @param {"json"|"bytes"|"text"|"response"} [options.as]  what to make of the answer
 * @throws {ApiError} for an answer that says no
 */
export async function request(method, path, options = {}) {
  const { query = {}, body, type = "application/json", headers = {}, signal, as = "json" } = options;
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) {
    for (const each of [value].flat()) {
      if (each !== undefined && each !== null) url.searchParams.append(name, each);
    }
  }
  const sent = { accept: "application/json", ...headers };
  const token = sessionStorage.getItem(TOKEN);
  if (token !== null) sent.authorization = `Bearer ${token}`;
  if (body !== undefined) sent["content-type"] = type;
  const payload = body === undefined || type !== "application/json" ? body : JSON.stringify(body);
  const response = await fetch(url, { method, headers: sent, body: payload, signal, credentials: "omit" });
  if (!response.ok) {
    if (response.status === 401 && token === sessionStorage.getItem(TOKEN)) ended();
    throw new ApiError(response.status, await response.json().catch(() => ({})));
  }
  if (as === "response") return response;
  if (as === "bytes") return response.arrayBuffer();
  if (as === "text") return response.text();
  return response.status === 204 ? null : response.json();
}

/** A key that was revoked or a token that ran out: whoever it was has to come in again, to the same view. */
function ended() {
  if (store.state.who === null) return;
  keepToken(null);
  store.set({ who: null, session: "ended" });
}

/** `GET`, as JSON. */
export function get(path, query, options) {
  return request("GET", path, { query, ...options });
}

let routes = null;

/** Whether the server has a route, as `GET /v1` lists it: `hasRoute("GET", "/v1/saved/{kind}")`. */
export async function hasRoute(method, path) {
  routes ??= get("/v1").then((root) => new Set(root.routes.map((each) => `${each.method} ${each.path}`)), () => {
    routes = null;
    return new Set();
  });
  return (await routes).has(`${method} ${path}`);
}

/** A path below a world: `worldPath("live", "twins", id)`. */
export function worldPath(world, ...segments) {
  return ["/v1/worlds", world, ...segments].map((each, i) => (i === 0 ? each : encodeURIComponent(each))).join("/");
}

/** All rows of a query, at most `most` of them. */
export async function query(text, { world = store.state.world, at = store.state.at, most = 1000, signal } = {}) {
  const rows = [];
  const body = { query: text, pageSize: Math.min(most, 1000), ...(at === null ? {} : { at }) };
  do {
    const page = await request("POST", worldPath(world, "query"), { body, signal });
    rows.push(...page.items);
    body.continuation = page.next;
  } while (body.continuation !== undefined && rows.length < most);
  return rows.slice(0, most);
}

/** A text in a query: quoted, with quotes and backslashes escaped. */
export function quoted(text) {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/**
 * The server-sent events of a path, as they come: `{event, id, data}`.
 * @returns {AsyncGenerator<{event: string, id: string|null, data: any}>}
 */
export async function* events(path, parameters, signal, lastEventId) {
  const headers = { accept: "text/event-stream" };
  if (lastEventId) headers["last-event-id"] = lastEventId;
  const response = await request("GET", path, { query: parameters, headers, signal, as: "response" });
  let rest = "";
  for await (const piece of pieces(response.body)) {
    rest += piece;
    const blocks = rest.split(/\r?\n\r?\n/);
    rest = blocks.pop();
    for (const block of blocks) {
      const found = parseEvent(block);
      if (found) yield found;
    }
  }
}

async function* pieces(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parseEvent(block) {
  const found = { event: "message", id: null, data: "" };
  for (const line of block.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const value = line.slice(colon + 1).replace(/^ /, "");
    if (line.startsWith("data:")) found.data += value;
    else if (line.startsWith("event:")) found.event = value;
    else if (line.startsWith("id:")) found.id = value;
  }
  if (found.data === "" && found.id === null) return null;
  return { ...found, data: found.data === "" ? null : JSON.parse(found.data) };
}
