/* The bar above the list: how much there is, how much of it is selected, and what can be done with it. */

import { list, selection } from "./current.js";
import { listTitle } from "./opened.js";
import { here } from "./place.js";
import { mails, number } from "./saying.js";

const ONLY_UNREAD = /(^|\s)is:unread(?=\s|$)/;

const selectAll = document.getElementById("select-all");
const summary = document.getElementById("summary");
const actions = document.getElementById("actions");
const allActions = document.getElementById("all-actions");
const deleteAll = allActions.querySelector("[data-do=delete-all]");
const onlyUnread = allActions.querySelector("[data-do=only-unread]");
const incomplete = document.getElementById("incomplete");
const empty = document.getElementById("empty");
const searched = document.getElementById("searched");

/** Show it as it is now. */
export function show() {
  const { total, counts, query } = list;
  const { count } = selection;
  summary.textContent = count ? `${number(count)} selected` : found();
  actions.hidden = !count;
  allActions.hidden = count > 0 || !(total || query);
  deleteAll.disabled = selectAll.disabled = !total;
  onlyUnread.setAttribute("aria-pressed", ONLY_UNREAD.test(query));
  selectAll.checked = count > 0 && count === total;
  selectAll.indeterminate = count > 0 && count < total;
  incomplete.hidden = !list.isIncomplete;
  empty.hidden = total > 0;
  empty.querySelector(".no-mail").hidden = query !== "";
  empty.querySelector(".nothing-found").hidden = query === "";
  searched.textContent = query;
  if (!here().id) {
    document.title = listTitle(counts.unread);
  }
}

function found() {
  if (list.query) {
    return `${mails(list.total)} found`;
  }
  const { unread } = list.counts;
  return unread ? `${mails(list.total)}, ${number(unread)} unread` : mails(list.total);
}

/** The query that finds of another only what is unread; of one that does, the one that finds the rest, too. */
export function otherUnread(query) {
  const other = ONLY_UNREAD.test(query) ? query.replace(ONLY_UNREAD, "") : `${query} is:unread`;
  return other.trim();
}

list.addEventListener("change", show);
selection.addEventListener("change", show);
