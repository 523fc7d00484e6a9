/** Keys that do something wherever the focus is, but for fields; the help lists them. @module */

/**
 * @typedef {object} Shortcut
 * @property {string[]} keys  as people press them: `["?"]`, `["Ctrl", "K"]`, `["←", "→"]`
 * @property {() => string} text  what it does
 * @property {() => string} group  where it belongs
 * @property {string} [key]  `KeyboardEvent.key` that does it; without one the keys are only listed, and whoever
 *   brings them listens to them
 * @property {(event: KeyboardEvent) => (void|false)} [act]  `false` when there was nothing to do
 */

/** @type {Shortcut[]} */
const shortcuts = [];

/** Brings keys, in the order in which the help lists them. @param {...Shortcut} brought */
export function bringShortcuts(...brought) {
  shortcuts.push(...brought);
}

/** All there are, by group. @returns {Map<string, Shortcut[]>} */
export function shortcutGroups() {
  return Map.groupBy(shortcuts, (each) => each.group());
}

/** Listens to the keys. */
export function startShortcuts() {
  document.addEventListener("keydown", (event) => {
    const { defaultPrevented, ctrlKey, metaKey, altKey } = event;
    if (defaultPrevented || ctrlKey || metaKey || altKey || isTyping(event)) return;
    const found = shortcuts.find(({ key, act }) => act && key === event.key);
    if (!found) return;
    if (found.act(event) !== false) event.preventDefault();
  });
}

const fields = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]";

/** In fields, those within a shadow root too, letters are letters; over a window the page rests. */
function isTyping(event) {
  const [target] = event.composedPath();
  return target.closest?.(fields) || document.querySelector("dialog[open]")
    || document.getElementById("top").inert;
}
