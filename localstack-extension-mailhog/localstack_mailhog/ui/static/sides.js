/* What stands beside the list: mailboxes and tags, and how much is in them. */

import { paced } from "./pacing.js";
import { here } from "./place.js";
import { fragment } from "./server.js";

const REST_MS = 1500;
/* Counting takes longer the more mail there is: most of the time is left to others. */
const TIMES = 10;

const content = document.getElementById("sides-content");
const button = document.querySelector("[data-do=sides]");

/** Count again, soon. */
export const recount = paced(
  async () => {
    const { query } = here();
    const focused = content.contains(document.activeElement) && document.activeElement.dataset.query;
    content.replaceChildren(await fragment("sides", { query }));
    if (typeof focused === "string") {
      [...content.querySelectorAll("a")].find((link) => link.dataset.query === focused)?.focus();
    }
    mark(here().query);
    if (isIncomplete()) {
      recount();
    }
  },
  REST_MS,
  TIMES,
);

/** Whether there was mail that had not been counted. */
export function isIncomplete() {
  return content.querySelector("[data-incomplete]") !== null;
}

/** Mark what is looked at. */
export function mark(query) {
  for (const link of content.querySelectorAll("a")) {
    if (link.dataset.query === query) {
      link.setAttribute("aria-current", "page");
    } else {
      link.removeAttribute("aria-current");
    }
  }
}

/** Where there is no room for it, show or hide it. */
export function toggle(shown) {
  document.body.toggleAttribute("data-sides", shown);
  button.setAttribute("aria-expanded", shown);
  if (shown) {
    content.querySelector("a").focus();
  }
}

/** Whether it is shown where there is no room for it. */
export function isShown() {
  return document.body.hasAttribute("data-sides");
}
