/* The mail that is open: showing it and its views. */

import { markRead } from "./changing.js";
import { open } from "./dialogs.js";
import { attempt, show } from "./saying.js";
import { fragment, pathOf } from "./server.js";
import { localize } from "./times.js";

const article = document.getElementById("opened");
const TITLE = "Mail";
let asking = null;

/** The element of the open mail, or null. */
export function mail() {
  return article.querySelector(".mail");
}

/** Its id, or nothing. */
export function id() {
  return mail()?.dataset.id ?? "";
}

/** Show a mail; without an id, none. `view` is one of its views. */
export async function read({ id: wanted, view, query }, { afresh = false } = {}) {
  asking?.abort();
  if (!wanted) {
    document.body.removeAttribute("data-reading");
    article.replaceChildren();
    return;
  }
  document.body.setAttribute("data-reading", "");
  const known = mail();
  if (!afresh && known?.dataset.id === wanted && (!view || known.dataset.view === view)) {
    adopt();
    return;
  }
  const { signal } = (asking = new AbortController());
  try {
    const content = await fragment(pathOf(wanted, "/opened"), { view, query }, signal);
    if (known?.dataset.id === wanted && !afresh) {
      putView(content);
    } else {
      put(content);
    }
  } catch (error) {
    if (error.status === 404) {
      article.innerHTML = error.text;
    } else if (error.name !== "AbortError") {
      show(error.message);
    }
  }
}

/** Show the whole of an attachment. */
export async function preview(section) {
  const content = await attempt(() => fragment(pathOf(id(), `/previews/${section}`)));
  if (content) {
    open("preview").replaceChildren(content);
  }
}

/** Make the frame as wide as a phone, a tablet, or whatever there is. */
export function setWidth(button) {
  article.querySelector(".frame-ground").dataset.width = button.dataset.width;
  for (const each of button.parentElement.children) {
    each.setAttribute("aria-pressed", each === button);
  }
}

/** Load the images that are elsewhere, for this mail and this time. */
export function loadRemote() {
  article.querySelector("iframe").src += "?remote=1";
  document.getElementById("remote").remove();
}

/** Put another mail in its place. */
function put(content) {
  article.replaceChildren(content);
  article.scrollTop = 0;
  adopt();
  article.querySelector("h1").focus({ preventScroll: true });
}

/** Put another view of the open mail in its place. */
function putView(content) {
  const shown = mail();
  const next = content.querySelector(".mail");
  shown.dataset.view = next.dataset.view;
  shown.querySelector(".view").replaceWith(next.querySelector(".view"));
  for (const tab of shown.querySelectorAll(".tabs a")) {
    if (tab.dataset.view === next.dataset.view) {
      tab.setAttribute("aria-current", "true");
    } else {
      tab.removeAttribute("aria-current");
    }
  }
}

/** Take over what the server put there. */
function adopt() {
  const shown = mail();
  localize(shown);
  document.title = shown.dataset.title;
  if ("unread" in shown.dataset) {
    delete shown.dataset.unread;
    attempt(() => markRead(shown.dataset.id));
  }
}

/** What the page is called while no mail is open. */
export function listTitle(unread) {
  return unread ? `(${unread}) ${TITLE}` : TITLE;
}
