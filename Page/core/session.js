/** Who is signed in, and what they may do. @module */
import { get, hasToken, keepToken } from "./api.js";
import { writeAddress } from "./link.js";
import { store } from "./store.js";

/** Which roles may take an action; docs/access.md. Everybody who is signed in may read. */
const allowed = {
  read: ["reader", "operator", "modeller", "approver", "admin"],
  write: ["operator", "modeller", "approver", "admin"],
  fork: ["operator", "modeller", "approver", "admin"],
  model: ["modeller", "admin"],
  promote: ["approver", "admin"],
  admin: ["admin"],
};

/**
 * Whether whoever is signed in has a role that may do something. What it answers no to is not shown at all; a policy
 * may still refuse it for a certain twin or property.
 *
 *     may("write") && h("button", { onclick: edit }, () => T.edit)
 *
 * @param {"read"|"write"|"fork"|"model"|"promote"|"admin"} action  `write` is twins, relationships, telemetry and
 * jobs; `fork` is making forks and changing one's own; `model` is models and event routes; `admin` is everything of
 * the admin pages and the forks of others
 * @param {string[]} [roles]
 */
export function may(action, roles = store.state.who?.roles ?? []) {
  if (!(action in allowed)) throw new Error(`There is no action "${action}".`);
  return roles.some((role) => allowed[action].includes(role));
}

/** Whether whoever is signed in may change and discard a fork: it is theirs, or they are an admin. */
export function mayChange(fork) {
  return may("admin") || (may("fork") && fork.owner === store.state.who.id);
}

const HASH = "nuri.return";
let opened;
const partsAreThere = new Promise((resolve) => {
  opened = resolve;
});

/**
 * Signs in with a key or a token, which this tab keeps until it is closed.
 * @throws {ApiError} when the server does not know it
 */
export async function signIn(token) {
  keepToken(token);
  try {
    const who = await get("/v1/whoami");
    await partsAreThere;
    letIn(who);
  } catch (error) {
    keepToken(null);
    throw error;
  }
}

let last = null;

/** Somebody else than before finds nothing of what the page had for the one before; who has no role, nothing at all. */
function letIn(who) {
  if (who.roles.length === 0) {
    keepToken(null);
    store.set({ session: "roleless" });
    return;
  }
  if (last !== null && last !== who.id) {
    writeAddress();
    location.reload();
    return;
  }
  last = who.id;
  store.set({ who, session: "in" });
}

/** Forgets who was signed in, and everything that they saw. */
export function signOut() {
  keepToken(null);
  history.replaceState(null, "", location.pathname + location.search);
  location.reload();
}

/** Goes to an issuer's page to sign in there, and comes back to this view. */
export function signInElsewhere(start) {
  writeAddress();
  sessionStorage.setItem(HASH, location.hash);
  location.assign(new URL(start, location.origin));
}

/**
 * Takes what a sign-in elsewhere left in the address, and puts the view's address back.
 * @returns {"expired"|"refused"|"unreachable"|"invalid"|null} why it came to nothing; `null` when there is a token, or
 * there was no sign-in at all
 */
export function takeSignIn() {
  const left = new URLSearchParams(location.hash.slice(1));
  const [token, failure] = [left.get("token"), left.get("signin")];
  if (token === null && failure === null) return null;
  history.replaceState(null, "", location.pathname + location.search + (sessionStorage.getItem(HASH) ?? ""));
  sessionStorage.removeItem(HASH);
  if (token !== null) keepToken(token);
  return failure;
}

/** Lets in whoever this tab knows, once the page's parts are there to follow. */
export async function startSession() {
  opened();
  await resume();
}

async function resume() {
  if (store.state.who !== null) return;
  if (!hasToken()) {
    store.set({ session: "out" });
    return;
  }
  try {
    letIn(await get("/v1/whoami"));
  } catch (error) {
    if (error.status === 401) {
      keepToken(null);
      store.set({ session: "ended" });
    } else {
      store.set({ session: "unreachable" });
      setTimeout(resume, 2000);
    }
  }
}
