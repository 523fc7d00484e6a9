/** Work that need not be done at once or at all, and focus that must not be lost. @module */

/**
 * Makes a function that runs `work` some time after it is called, once for all calls meanwhile: for changes
 * that come faster than they can be drawn.
 * @param {() => void} work
 * @param {number} milliseconds
 */
export function soon(work, milliseconds) {
  let timer = null;
  return () => {
    timer ??= setTimeout(() => {
      timer = null;
      work();
    }, milliseconds);
  };
}

/**
 * Draws anew what is in an element; who was on a control with a `data-key` is on the control of that key
 * after it, or on the first control there is.
 */
export function keepingFocus(element, draw) {
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.dataset.key;
  draw();
  if (focused === null || focused.isConnected) return;
  const controls = [...element.querySelectorAll("button, input, select")];
  (controls.find((each) => key !== undefined && each.dataset.key === key) ?? controls[0])?.focus();
}

/**
 * What a page gives the panel it is in: `view.isShown` says whether it is in sight, and `come` is called whenever it
 * comes into it.
 */
export function inSight(view, come) {
  return {
    show() {
      view.isShown = true;
      come();
    },
    hide() {
      view.isShown = false;
    },
  };
}
