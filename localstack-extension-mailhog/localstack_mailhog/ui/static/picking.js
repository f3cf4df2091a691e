/* Selecting mails, by click and by key. */

import { list, rows, selection } from "./current.js";
import { here } from "./place.js";
import { attempt } from "./saying.js";

let lastPicked = "";

/** Select a row or no longer; with `through`, everything from the one that was picked last to this one. */
export async function pick(row, { through }) {
  const { id } = row.dataset;
  const isPicked = row.classList.contains("is-selected");
  const from = through ? list.indexOf(lastPicked) : -1;
  const to = list.indexOf(id);
  lastPicked = id;
  if (from < 0) {
    selection.set([id], !isPicked);
    return;
  }
  const ids = await attempt(() => list.ids(Math.min(from, to), Math.max(from, to)));
  selection.set(ids ?? [], true);
}

/** Select the open mail, or the one at the cursor, or no longer. */
export function pickAtCursor() {
  const row = list.row(list.indexOf(here().id || list.cursor.id));
  if (row) {
    pick(row, { through: false });
  }
}

/** Select all that the list finds, or nothing where something is selected. */
export function pickAll() {
  if (selection.count) {
    selection.clear();
  } else if (list.total) {
    selection.all(list.position, list.total);
  }
}

rows.addEventListener("mousedown", (event) => {
  if (event.shiftKey) {
    event.preventDefault(); // no text is selected
  }
});

document.getElementById("select-all").addEventListener("click", (event) => {
  // The selection says whether it is checked, once the browser is done with it.
  event.preventDefault();
  setTimeout(pickAll);
});
