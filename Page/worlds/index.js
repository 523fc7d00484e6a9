/** Worlds: what there are, forks, edits, comparisons, promotions. @module */
import { startList } from "./list.js";
import { startMode } from "./mode.js";

/** Brings what this part shows. */
export async function start() {
  startList();
  startMode();
}
