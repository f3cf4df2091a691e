/* Desktop notifications of new mail, where the reader wants them. */

import { mails, show } from "./saying.js";
import { json } from "./server.js";

const KEY = "mail.notifications";
const button = document.querySelector("[data-do=notify]");
const state = document.getElementById("notify-state");
const isPossible = "Notification" in window && window.isSecureContext;

let position = null;
let onOpen = () => {};

/** Whether they are wanted and allowed. */
export function areOn() {
  return isPossible && Notification.permission === "granted" && remembered() === "on";
}

/** Have `listener` called with the id of the mail whose notification was clicked. */
export function onClick(listener) {
  onOpen = listener;
}

/** Want them, or no longer. */
export async function toggle() {
  if (!isPossible) {
    show("The browser allows notifications only on localhost and over HTTPS.");
  } else if (areOn()) {
    remember("off");
  } else if ((await Notification.requestPermission()) === "granted") {
    remember("on");
  } else {
    show("Notifications are blocked in the browser's settings for this page.");
  }
  tell();
}

/** Tell of what came, once there is more than up to the position that was told last. */
export async function news(latest) {
  const before = position;
  position = latest;
  if (before === null || latest <= before || !areOn()) {
    return;
  }
  const { items } = await json("api/own/messages", { after: before || "0", limit: 250 });
  const last = items.at(-1);
  if (!last) {
    return;
  }
  const title = items.length > 1 ? `${mails(items.length)} arrived` : last.subject || "(no subject)";
  const body = items.length > 1 ? last.subject : `${last.from} → ${last.recipients[0] ?? ""}`;
  const notification = new Notification(title, { body, tag: "mail" });
  notification.onclick = () => {
    window.focus();
    notification.close();
    onOpen(last.id);
  };
}

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(value) {
  try {
    localStorage.setItem(KEY, value);
  } catch {
    show("The browser does not let this page remember that.");
  }
}

function tell() {
  button.setAttribute("aria-pressed", areOn());
  button.classList.toggle("is-on", areOn());
  state.textContent = areOn() ? "on" : "";
}

tell();
