/* Light, dark, or as the system has it; theme.js applies it before the page is painted. */

const NEXT = { "": "light", light: "dark", dark: "" };
const NAMES = { "": "system", light: "light", dark: "dark" };
const state = document.getElementById("theme-state");

function chosen() {
  return document.documentElement.dataset.theme ?? "";
}

function tell() {
  state.textContent = NAMES[chosen()];
}

/** Take the next one, and remember it. */
export function next() {
  const theme = NEXT[chosen()];
  if (theme) {
    document.documentElement.dataset.theme = theme;
  } else {
    delete document.documentElement.dataset.theme;
  }
  try {
    localStorage.setItem("mail.theme", theme);
  } catch {
    /* Where storage is not allowed, it lasts as long as the page. */
  }
  tell();
}

tell();
