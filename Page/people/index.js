/** Starts this part of the page: who is here, and what they may see and do. @module */
import { startAccount } from "./account.js";
import { startAdmin } from "./admin/index.js";

/** Brings what this part shows. */
export async function start() {
  startAccount();
  startAdmin();
}
