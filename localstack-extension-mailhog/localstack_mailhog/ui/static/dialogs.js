/* Opening dialogs, and asking. */

const question = document.getElementById("confirm");

for (const dialog of document.querySelectorAll("dialog")) {
  // A click beside a dialog is one on its backdrop, which is the dialog itself.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) {
      dialog.close("");
    }
  });
}

/** Open a dialog by its id, unless one is open. */
export function open(id) {
  const dialog = document.getElementById(id);
  if (!isOpen()) {
    dialog.returnValue = "";
    dialog.showModal();
  }
  return dialog;
}

/** Whether one is open. */
export function isOpen() {
  return document.querySelector("dialog[open]") !== null;
}

/** Ask; `answer` is what the button that agrees says. Gives whether the reader agreed. */
export function confirms(text, answer) {
  document.getElementById("confirm-text").textContent = text;
  document.getElementById("confirm-yes").textContent = answer;
  open("confirm");
  return new Promise((resolve) => {
    question.addEventListener("close", () => resolve(question.returnValue === "yes"), {
      once: true,
    });
  });
}

/** The controls of a form by their names. */
export function fields(form) {
  return Object.fromEntries(
    [...form.elements].filter((each) => each.name).map((each) => [each.name, each]),
  );
}

/** Show in a dialog what went wrong, or nothing. */
export function complain(dialog, text) {
  const error = dialog.querySelector(".error");
  error.textContent = text;
  error.hidden = !text;
}
