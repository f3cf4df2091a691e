/* The appearance that was chosen, before anything is painted: so this is no module, and not deferred. */
"use strict";

document.documentElement.classList.add("with-scripts");
try {
  const chosen = localStorage.getItem("mail.theme");
  if (chosen === "light" || chosen === "dark") {
    document.documentElement.dataset.theme = chosen;
  }
} catch {
  /* Where storage is not allowed, the system's appearance is used. */
}
