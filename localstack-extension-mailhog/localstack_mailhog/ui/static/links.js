/* Asking for the links of a mail, to see whether they lead anywhere. */

import { attempt } from "./saying.js";
import { pathOf, send } from "./server.js";

/** Have every link of the list asked for, and write behind each what came of it. */
export async function check(button, id) {
  button.disabled = true;
  const answer = await attempt(() => send("POST", `api/own/${pathOf(id, "/link-check")}`));
  button.disabled = false;
  if (!answer) {
    return;
  }
  const { links } = await answer.json();
  const results = new Map(links.map((link) => [link.url, link]));
  for (const place of document.querySelectorAll(".links .result")) {
    const result = results.get(place.dataset.url.replace(/#.*/, ""));
    if (result) {
      place.textContent = result.ok ? String(result.status) : result.error;
      place.classList.toggle("is-broken", !result.ok);
    }
  }
}
