/* The dialog that puts tags on mails and takes them off. */

import { change } from "./changing.js";
import { open } from "./dialogs.js";
import { attempt, mails, show } from "./saying.js";
import { json } from "./server.js";

const dialog = document.getElementById("tags");
const input = document.getElementById("tags-input");

/** Ask for tags for `count` mails, and put them on or take them off. Gives whether anything was done. */
export async function tag(requests, count) {
  document.getElementById("tags-count").textContent = mails(count);
  input.value = "";
  open("tags");
  suggest();
  await new Promise((resolve) => {
    dialog.addEventListener("close", resolve, { once: true });
  });
  const tags = input.value.split(",").map((each) => each.trim()).filter(Boolean);
  if (!dialog.returnValue || !tags.length) {
    return false;
  }
  const key = dialog.returnValue === "add" ? "add_tags" : "remove_tags";
  const changed = await attempt(() => change(requests, { [key]: tags }));
  if (changed !== undefined) {
    show(`${mails(changed)} ${key === "add_tags" ? "tagged" : "untagged"}`);
  }
  return changed !== undefined;
}

async function suggest() {
  const known = await attempt(() => json("api/own/tags"));
  const options = (known ?? []).map(({ tag: name }) => {
    const option = document.createElement("option");
    option.value = name;
    return option;
  });
  document.getElementById("known-tags").replaceChildren(...options);
}
