/** Who is signed in. @module */
import { ApiError, get, hasToken, keepToken } from "./api.js";
import { store } from "./store.js";

/**
 * Signs in with a key or a token, which this tab keeps until it is closed.
 * @throws {ApiError} when the server does not know it
 */
export async function signIn(token) {
  keepToken(token);
  try {
    store.set({ who: await get("/v1/whoami") });
  } catch (error) {
    if (error instanceof ApiError) keepToken(null);
    throw error;
  }
}

/** Forgets who was signed in. */
export function signOut() {
  keepToken(null);
  store.set({ who: null, panel: null, selection: [], filter: null });
}

/** Signs in again with what this tab has kept, or with the token that a sign-in elsewhere left in the address. */
export async function startSession() {
  const found = new URLSearchParams(location.hash.slice(1)).get("token");
  if (found !== null) {
    history.replaceState(null, "", location.pathname);
    keepToken(found);
  }
  if (!hasToken()) return;
  try {
    store.set({ who: await get("/v1/whoami") });
  } catch (error) {
    if (error.status === 401) keepToken(null);
  }
}
