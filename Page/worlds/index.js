/** Worlds: what there are, forks, edits, comparisons, promotions. @module */
import { startDifference } from "./difference.js";
import { startEdit } from "./edit.js";
import { startList } from "./list.js";
import { startMode } from "./mode.js";
import { startWorldPanel } from "./panel.js";

/** Brings what this part shows. */
export async function start() {
  startList();
  startMode();
  startWorldPanel();
  startEdit();
  startDifference();
}
