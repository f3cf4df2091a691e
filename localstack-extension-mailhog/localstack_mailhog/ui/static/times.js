/* Times as the reader's clock and language have them; the server writes them in UTC. */

const hour = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const long = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

function short(moment) {
  const now = new Date();
  if (moment.toDateString() === now.toDateString()) {
    return hour.format(moment);
  }
  return (moment.getFullYear() === now.getFullYear() ? day : date).format(moment);
}

/** Put every time within `element` into the reader's terms. */
export function localize(element) {
  for (const time of element.querySelectorAll("time")) {
    const moment = new Date(time.dateTime);
    time.title = full.format(moment);
    time.textContent = time.classList.contains("long") ? long.format(moment) : short(moment);
  }
}
