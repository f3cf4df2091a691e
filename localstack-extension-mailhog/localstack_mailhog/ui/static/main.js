/* The page: what the reader does, and what comes from the sink, brought to the parts that it concerns. */

import * as appearance from "./appearance.js";
import * as bar from "./bar.js";
import { copy } from "./copying.js";
import { list, refresh, rows, scroller, selection } from "./current.js";
import { open } from "./dialogs.js";
import * as doing from "./doing.js";
import * as jim from "./jim.js";
import { listen } from "./keys.js";
import { check as checkLinks } from "./links.js";
import { Live } from "./live.js";
import * as notifications from "./notifications.js";
import * as opened from "./opened.js";
import { pick, pickAll, pickAtCursor } from "./picking.js";
import { go, here, onMove } from "./place.js";
import { release } from "./release.js";
import { attempt, mails, say } from "./saying.js";
import * as sides from "./sides.js";

const TYPING_MS = 200;

const search = document.getElementById("query");
const live = new Live();

/* Where one is. */

onMove(({ query, id, view }) => {
  if (query !== list.query) {
    if (search.value.trim() !== query) {
      search.value = query;
    }
    attempt(() => list.search(query));
  }
  sides.mark(query);
  sides.toggle(false);
  attempt(() => opened.read({ id, view, query }));
  list.markOpen(id);
  if (!id) {
    bar.show();
    focusList();
  }
});

/** Open a mail; from one to another, "back" still leads to the list. */
function openMail(id) {
  go({ id, view: "" }, { replace: here().id !== "" });
}

function back() {
  go({ id: "", view: "" });
}

function searchFor(query, options) {
  go({ query, id: "", view: "" }, options);
}

function isSearching() {
  return document.activeElement === search;
}

function focusList() {
  if (!isSearching()) {
    scroller.focus({ preventScroll: true });
  }
}

/** From the open mail, or from the cursor, `by` rows down; what is reached is opened where a mail is open. */
async function step(by) {
  const row = await attempt(() => list.moveBy(by));
  if (!here().id) {
    focusList();
  } else if (row && row.dataset.id !== here().id) {
    openMail(row.dataset.id);
  }
}

function openAtCursor() {
  if (list.cursor.id && !here().id) {
    openMail(list.cursor.id);
  }
}

function escape() {
  if (sides.isShown()) {
    sides.toggle(false);
  } else if (isSearching()) {
    search.blur();
    scroller.focus();
  } else if (selection.count) {
    selection.clear();
  } else if (here().id) {
    back();
  } else if (here().query) {
    searchFor("");
  }
}

/* What comes from the sink. */

live.addEventListener("change", ({ detail }) => {
  const { position, total, unread, isFirst } = detail;
  const came = position - list.position;
  if (came > 0 && total > 0) {
    say(`${mails(came)} arrived`);
  }
  const { counts, isIncomplete } = list;
  if (!isFirst || came || total !== counts.all || unread !== counts.unread || isIncomplete) {
    refresh();
    sides.recount();
  }
  notifications.news(position).catch(() => {});
});

live.addEventListener("state", ({ detail: isLive }) => {
  const state = document.getElementById("live");
  if (isLive && state.textContent) {
    refresh(); // whatever happened meanwhile, it may be another sink
    sides.recount();
  }
  state.textContent = isLive ? "Live" : "Not live";
  state.classList.toggle("is-live", isLive);
});

list.addEventListener("cursor", () => {
  if (!here().id) {
    say(list.row(list.cursor.index)?.querySelector(".subject a").textContent ?? "");
  }
});

/* What the reader does. */

const buttons = {
  back,
  "check-links": (button) => checkLinks(button, opened.id()),
  close: (button) => button.closest("dialog").close(""),
  copy,
  delete: doing.deleteMeant,
  "delete-all": doing.deleteAll,
  "focus-list": () => scroller.focus(),
  help: () => open("help").querySelector("#help-title").focus(),
  "help-search": () => open("help").querySelector("#help-search").focus(),
  jim: jim.show,
  "load-remote": opened.loadRemote,
  newer: () => step(-1),
  notify: async () => {
    await notifications.toggle();
    live.isAlwaysWanted = notifications.areOn();
  },
  older: () => step(1),
  "only-unread": () => searchFor(bar.otherUnread(here().query)),
  preview: (button) => opened.preview(button.dataset.section),
  read: () => doing.mark(false),
  release: () => release(opened.id(), opened.mail().dataset.email),
  sides: () => sides.toggle(!sides.isShown()),
  tag: doing.tagMeant,
  theme: appearance.next,
  "this-delete": doing.alone(doing.deleteMeant),
  "this-tag": doing.alone(doing.tagMeant),
  "this-unread": doing.alone(() => doing.mark(true)),
  unread: () => doing.mark(true),
  untag: (button) => doing.untag(button.dataset.tag),
  width: opened.setWidth,
};

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-do], [data-query], .tabs a");
  if (!target && sides.isShown() && !event.target.closest(".sides")) {
    sides.toggle(false);
  }
  // A link that is opened in another tab is the browser's.
  if (!target || event.ctrlKey || event.metaKey || (target.href && event.shiftKey)) {
    return;
  }
  event.preventDefault();
  if (target.dataset.do) {
    buttons[target.dataset.do](target);
  } else if (target.dataset.view) {
    go({ view: target.dataset.view });
  } else {
    target.closest("dialog")?.close("");
    searchFor(target.dataset.query);
  }
});

rows.addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  if (!row || event.ctrlKey || event.metaKey) {
    return;
  }
  event.preventDefault();
  if (event.shiftKey || event.target.closest(".pick")) {
    pick(row, { through: event.shiftKey });
  } else {
    openMail(row.dataset.id);
  }
});

let typing = 0;
search.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => searchFor(search.value.trim(), { replace: true }), TYPING_MS);
});
search.form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  searchFor(search.value.trim());
  scroller.focus();
});

/** Elsewhere the key does what it does in any page. */
function inList(action) {
  return () => document.activeElement === scroller && action();
}

listen({
  "#": doing.deleteMeant,
  "*": pickAll,
  "/": () => search.select(),
  "?": buttons.help,
  ArrowDown: inList(() => step(1)),
  ArrowUp: inList(() => step(-1)),
  Delete: doing.deleteMeant,
  End: inList(() => list.moveTo(list.total - 1)),
  Enter: openAtCursor,
  Escape: escape,
  G: () => list.moveTo(list.total - 1),
  Home: inList(() => list.moveTo(0)),
  a: pickAll,
  "g g": () => list.moveTo(0),
  j: () => step(1),
  k: () => step(-1),
  o: openAtCursor,
  r: doing.toggleRead,
  t: doing.tagMeant,
  u: back,
  x: pickAtCursor,
});

notifications.onClick(openMail);
live.isAlwaysWanted = notifications.areOn();
bar.show();
if (sides.isIncomplete()) {
  sides.recount();
}
if (here().id && opened.mail()) {
  attempt(() => opened.read(here()));
  list.markOpen(here().id);
}
