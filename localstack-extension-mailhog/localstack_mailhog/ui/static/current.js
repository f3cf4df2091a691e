/* The list of this page, and what is selected in it. */

import { List } from "./list.js";
import { paced } from "./pacing.js";
import { Selection } from "./selection.js";

const REFRESH_MS = 150;

export const scroller = document.getElementById("list");
export const rows = document.getElementById("rows");
export const selection = new Selection();
export const list = new List(scroller, rows, selection);

/** Ask again for what is seen of the list, soon. */
export const refresh = paced(() => list.refresh(), REFRESH_MS);
