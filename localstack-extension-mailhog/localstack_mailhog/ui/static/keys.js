/* The keyboard: which key does what. */

import { isOpen } from "./dialogs.js";

const TWICE_MS = 800;

/** Have keys do things: `actions` is from a key, as in `KeyboardEvent.key`, to a function, which gives false where the
    key is not for it. `g g` is two in a row. */
export function listen(actions) {
  let lastKey = "";
  let lastTime = 0;

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isOpen()) {
      return;
    }
    if (isTyping(event.target) && event.key !== "Escape") {
      return;
    }
    if (event.key === "Enter" && event.target.closest("button, a, summary, input, select")) {
      return;
    }
    const pair = `${lastKey} ${event.key}`;
    const isPair = pair in actions && event.timeStamp - lastTime < TWICE_MS;
    const action = isPair ? actions[pair] : actions[event.key];
    lastKey = isPair ? "" : event.key;
    lastTime = event.timeStamp;
    if (action && action(event) !== false) {
      event.preventDefault();
    }
  });
}

function isTyping(target) {
  return target.matches("textarea, select, input:not([type=checkbox], [type=button])");
}
