/** Starts this part of the page. @module */

/** Brings what this part shows. */
export async function start() {}
