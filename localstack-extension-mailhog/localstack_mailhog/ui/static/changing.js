/* What can be done to mails: marking, tagging, deleting. `requests` are parameters that name them (see selection.js). */

import { pathOf, send } from "./server.js";

/** Change mails: `{unread, add_tags, remove_tags}`. Gives how many were meant. */
export async function change(requests, changes) {
  let count = 0;
  for (const parameters of requests) {
    const answer = await send("PATCH", "api/own/messages", { parameters, body: changes });
    count += (await answer.json()).count;
  }
  return count;
}

/** Delete mails. Gives how many there were. */
export async function remove(requests) {
  let count = 0;
  for (const parameters of requests) {
    const answer = await send("DELETE", "api/own/messages", { parameters });
    count += (await answer.json()).count;
  }
  return count;
}

/** Mark one mail as read. */
export async function markRead(id) {
  await send("PATCH", `api/own/${pathOf(id)}`, { body: { unread: false } });
}
