/** The pages of an answer: asked for one after another. @module */
import { request, worldPath } from "../core/api.js";

/** Rows of a page. */
export const pageSize = 1000;

/**
 * Some pages of a query, or the next one of an answer that is there.
 * @param {string} text
 * @param {{world: string, at: string|null}} where
 * @param {number} pages  how many to have
 * @param {{rows: object[], next: string|undefined, charge: number, pages: number}|null} before
 */
export async function ask(text, { world, at }, pages, before, signal) {
  const answer = before ?? { rows: [], next: undefined, charge: 0, pages: 0 };
  const rows = [...answer.rows];
  let { next, charge } = answer;
  for (let page = answer.pages; page < pages; page += 1) {
    const body = { query: text, pageSize, at: at ?? undefined, continuation: next };
    const found = await request("POST", worldPath(world, "query"), { body, signal });
    rows.push(...found.items);
    charge += found.charge;
    next = found.next;
    if (next === undefined) break;
  }
  return { rows, next, charge, pages };
}
