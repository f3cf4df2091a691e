/* What the page says besides what it shows: to everybody for a moment, or to who listens to it. */

const numbers = new Intl.NumberFormat();
const toast = document.getElementById("toast");
const said = document.getElementById("said");
let hiding = 0;

/** A number as the reader writes it. */
export function number(count) {
  return numbers.format(count);
}

/** `3 mails`, `1 mail`. */
export function mails(count) {
  return `${number(count)} ${count === 1 ? "mail" : "mails"}`;
}

/** Show a line for some seconds. */
export function show(text) {
  clearTimeout(hiding);
  toast.textContent = text;
  toast.hidden = false;
  hiding = setTimeout(() => {
    toast.hidden = true;
  }, 4000);
}

/** Say a line to a screen reader, once it has time. */
export function say(text) {
  said.textContent = text;
}

/** Run `work`; what goes wrong is shown, and gives undefined. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    if (error.name !== "AbortError") {
      show(error.message);
    }
    return undefined;
  }
}
