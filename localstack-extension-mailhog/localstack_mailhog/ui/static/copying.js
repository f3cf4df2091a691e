/* Copying to the clipboard. */

import { show } from "./saying.js";

/** Copy what a button has as `data-text`, or the code that stands behind it. */
export async function copy(button) {
  const text = button.dataset.text ?? button.nextElementSibling.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Over plain HTTP to another machine there is no clipboard but this.
    const area = document.createElement("textarea");
    area.value = text;
    button.after(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  show("Copied");
}
