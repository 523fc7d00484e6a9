/**
 * What the page shows, in one place. Every view reads it from here and follows it; none keeps a world, an instant or
 * a selection of its own.
 * @module
 */

/**
 * @typedef {object} State
 * @property {{id: string, roles: string[]}|null} who  who is signed in
 * @property {"starting"|"in"|"out"|"ended"|"roleless"|"unreachable"} session  why there is somebody, or nobody
 * @property {string} world  the world that is looked at
 * @property {string|null} other  the world it is compared with
 * @property {"single"|"side"|"swipe"|"difference"} mode  how the two are shown
 * @property {string|null} otherAt  the instant of the other world: "same" as `at`, or one of its own, `null` for now
 * @property {string|null} at  the instant that is looked at, as RFC 3339 text; `null` is now
 * @property {boolean} playing  whether time runs
 * @property {number} speed  seconds of the world for a second of ours
 * @property {{first: string, last: string}|null} span  what the world's log covers
 * @property {{from: string, to: string}|null} zoom  the part of it that the slider and the charts show; `null` is all
 * @property {number} revision  grows whenever what is shown may have changed: a change of the world came
 * @property {"open"|"lost"|"closed"} connection  the change feed
 * @property {string[]} selection  ids of twins
 * @property {{label: string, ids: Set<string>}|null} filter  only these twins are shown
 * @property {{lon: number, lat: number, distance: number, pitch: number, bearing: number}|null} camera
 * @property {{model: string, path: string}|null} colour  the property that colours; `undefined` until the city chooses one
 * @property {{model: string, path: string}|null} tall  the property that gives heights instead of the geometry
 * @property {Object<string, {shown: boolean, opacity: number}>} layers  by model
 * @property {Tool|null} tool  what the pointer does in the city besides looking
 * @property {Draft|null} draft  what the tool has come to, not written yet: the city draws it, whoever set the tool
 *   writes it; both may set it (dragging there, typing here)
 * @property {string|null} panel  which panel of the dock is open
 * @property {object[]} worlds  all worlds there are, as `GET /v1/worlds` gives them; forks with the
 *   instant of their fork point as `forkedAt`
 * @property {Person[]} people  who else looks at this world
 * @property {{id: string, name: string, principal: string}|null} following  whose view this page goes along with
 * @property {boolean} leading  whether the others were asked to follow this page
 * @property {string} name  what others see of who is here; empty for the principal's
 * @property {"en"|"ko"} language
 * @property {"light"|"dark"} theme
 */

/**
 * @typedef {{id: string, name: string, principal: string, view: object}} Person  `view` as of core/link.js
 *
 * @typedef {{kind: "move", ids: string[]} | {kind: "place", width: number, depth: number, height: number, turn: number}}
 *   Tool  `move`: dragging one of these twins moves them all; `place`: a click says where a block of so many metres goes
 *   (`width` from west to east before it is turned by `turn` degrees clockwise)
 * @typedef {{east: number, north: number} | {lon: number, lat: number}} Draft
 *   of `move`: metres from where the twins stand; of `place`: the middle of the block
 */

/** @type {State} */
const state = {
  who: null,
  session: "starting",
  world: "live",
  other: null,
  otherAt: "same",
  mode: "single",
  at: null,
  playing: false,
  speed: 3600,
  span: null,
  zoom: null,
  revision: 0,
  connection: "closed",
  selection: [],
  filter: null,
  camera: null,
  colour: undefined,
  tall: null,
  layers: {},
  tool: null,
  draft: null,
  panel: null,
  worlds: [],
  people: [],
  following: null,
  leading: false,
  name: "",
  language: "en",
  theme: "dark",
};

const followers = new Set();

export const store = {
  /** @type {Readonly<State>} */
  state,

  /**
   * Changes the state and tells those who follow what really changed.
   * @param {Partial<State>} patch
   */
  set(patch) {
    const changed = new Set();
    for (const [key, value] of Object.entries(patch)) {
      if (!(key in state)) throw new Error(`The page has no state "${key}".`);
      if (!Object.is(state[key], value)) {
        state[key] = value;
        changed.add(key);
      }
    }
    if (changed.size === 0) return;
    for (const follower of [...followers]) {
      if (follower.keys.some((key) => changed.has(key))) follower.tell(state, changed);
    }
  },

  /**
   * Calls `tell(state, changedKeys)` whenever one of the keys changes, and returns how to stop that.
   * @param {(keyof State)[]} keys
   * @param {(state: State, changed: Set<string>) => void} tell
   */
  on(keys, tell) {
    const follower = { keys, tell };
    followers.add(follower);
    return () => followers.delete(follower);
  },
};

/** The query parameters of a read of what is looked at: `{at}`, or nothing for now. */
export function here() {
  return state.at === null ? {} : { at: state.at };
}

/** The query parameters of a read of the world it is compared with: `{at}`, or nothing for now. */
export function there() {
  const at = state.otherAt === "same" ? state.at : state.otherAt;
  return at === null ? {} : { at };
}

/**
 * Makes a function that runs `work(signal)` when called, at most one at a time: a call while one is under way makes
 * it run once more, for the newest state. What `work` throws goes to `failed`, but for work that was given up.
 * @param {(signal: AbortSignal) => Promise<void>} work
 * @param {(error: Error) => void} failed
 */
export function latest(work, failed) {
  let running = false;
  let again = false;
  return async function run() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      const controller = new AbortController();
      try {
        await work(controller.signal);
      } catch (error) {
        if (error.name !== "AbortError") failed(error);
      }
    } while (again);
    running = false;
  };
}
