/* Where one is, as the address bar says it: what is searched, and which mail is open in which view. */

import { pathOf } from "./server.js";

const root = new URL(document.baseURI).pathname;
const listeners = [];

/** `{query, id, view}`; without a mail, `id` is empty. */
export function here() {
  const url = new URL(location.href);
  const [, id = ""] = url.pathname.slice(root.length).match(/^messages\/([^/]+)$/) ?? [];
  return {
    query: url.searchParams.get("query") ?? "",
    id: decodeURIComponent(id),
    view: url.searchParams.get("view") ?? "",
  };
}

function addressOf({ query, id, view }) {
  const url = new URL(id ? pathOf(id) : "./", document.baseURI);
  for (const [name, value] of Object.entries({ view, query })) {
    if (value) {
      url.searchParams.set(name, value);
    }
  }
  return url.href;
}

/** Go to a place; what is not said stays as it is. With `replace`, "back" does not lead here again. */
export function go(changes, { replace = false } = {}) {
  const place = { ...here(), ...changes };
  const url = addressOf(place);
  if (url !== location.href) {
    history[replace ? "replaceState" : "pushState"](null, "", url);
  }
  tell();
}

/** Have `listener` called with the place whenever it changes, "back" and "forward" included. */
export function onMove(listener) {
  listeners.push(listener);
}

function tell() {
  const place = here();
  for (const listener of listeners) {
    listener(place);
  }
}

addEventListener("popstate", tell);
