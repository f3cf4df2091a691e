/* What is done with mails: with those that are selected, else the one that is open, else the one at the cursor. */

import { change, remove } from "./changing.js";
import { list, refresh, rows, selection } from "./current.js";
import { confirms } from "./dialogs.js";
import * as opened from "./opened.js";
import { go, here } from "./place.js";
import { attempt, mails, show } from "./saying.js";
import { inRequests } from "./selection.js";
import { tag } from "./tagging.js";

function meant() {
  if (selection.count) {
    return { requests: selection.requests(list.query), count: selection.count };
  }
  const id = here().id || list.cursor.id;
  return { requests: id ? inRequests([id]) : [], count: id ? 1 : 0 };
}

/** Do it to the open mail, whatever is selected in the list. */
export function alone(action) {
  return () => {
    selection.clear();
    return action();
  };
}

/** Mark as read or unread. */
export async function mark(unread) {
  const { requests, count } = meant();
  if (count && (await attempt(() => change(requests, { unread }))) !== undefined) {
    selection.clear();
    refresh();
  }
}

/** Mark as read where any of it is unread, else as unread. */
export function toggleRead() {
  if (selection.isAll) {
    return mark(false);
  }
  const picked = selection.count ? ".is-selected" : here().id ? ".is-open" : ".is-cursor";
  return mark(rows.querySelector(`.row${picked}.is-unread`) === null);
}

/** Ask for tags, and put them on or take them off. */
export async function tagMeant() {
  const { requests, count } = meant();
  if (count && (await tag(requests, count))) {
    selection.clear();
    await showAfresh();
  }
}

/** Take a tag off the open mail. */
export async function untag(name) {
  await attempt(() => change(inRequests([opened.id()]), { remove_tags: [name] }));
  await showAfresh();
}

async function showAfresh() {
  refresh();
  if (here().id) {
    await opened.read(here(), { afresh: true });
  }
}

/** Delete, after a question where it is more than one mail. */
export async function deleteMeant() {
  const { requests, count } = meant();
  if (count && (count === 1 || (await confirms(`Delete ${mails(count)}?`, "Delete")))) {
    await deleteNow(requests);
  }
}

/** Delete everything that the list finds, after a question. */
export async function deleteAll() {
  const { query, position, total } = list;
  const all = query ? `${mails(total)} that the search finds` : `all ${mails(total)}`;
  if (total && (await confirms(`Delete ${all}?`, "Delete all"))) {
    await deleteNow([{ query, until: position }]);
  }
}

async function deleteNow(requests) {
  const deleted = await attempt(() => remove(requests));
  if (deleted === undefined) {
    return;
  }
  selection.clear();
  show(`${mails(deleted)} deleted`);
  await attempt(() => list.refresh());
  if (here().id && list.indexOf(here().id) < 0) {
    await openTheNext();
  }
}

/** Open the mail that has taken the place of the open one. */
async function openTheNext() {
  const row = await attempt(() => list.moveTo(list.cursor.index));
  go({ id: row?.dataset.id ?? "", view: "" }, { replace: true });
}
