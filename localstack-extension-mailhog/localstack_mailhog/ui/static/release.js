/* The dialog that sends a mail on to a real server (MailHog's release). */

import { complain, fields, open } from "./dialogs.js";
import { attempt, show } from "./saying.js";
import { json, pathOf, send } from "./server.js";

const dialog = document.getElementById("release");
const form = dialog.querySelector("form");
const { Email, server, Host, Port, Mechanism, Username, Password, Name } = fields(form);
const unnamed = document.getElementById("release-server");
const login = document.getElementById("release-login");
let id = "";

/** Ask to whom and by which server, and release the mail. */
export async function release(mail, email) {
  id = mail;
  Email.value = email;
  complain(dialog, "");
  const known = (await attempt(() => json("api/v2/outgoing-smtp"))) ?? {};
  server.replaceChildren(
    ...Object.entries(known).map(([name, each]) => new Option(`${name} (${each.Host})`, name)),
    new Option("another server", ""),
  );
  arrange();
  open("release");
  Email.select();
}

function arrange() {
  unnamed.hidden = unnamed.disabled = server.value !== "";
  login.hidden = !Mechanism.value;
}

function wanted() {
  if (server.value) {
    return { Name: server.value, Email: Email.value };
  }
  const said = { Email: Email.value, Host: Host.value, Port: Port.value };
  if (Mechanism.value) {
    Object.assign(said, {
      Mechanism: Mechanism.value,
      Username: Username.value,
      Password: Password.value,
    });
  }
  return Name.value ? { ...said, Name: Name.value, Save: true } : said;
}

server.addEventListener("change", arrange);
Mechanism.addEventListener("change", arrange);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  button.disabled = true;
  complain(dialog, "");
  try {
    await send("POST", `api/v1/${pathOf(id, "/release")}`, { body: wanted() });
    dialog.close();
    show(`Released to ${Email.value}`);
  } catch (error) {
    complain(dialog, error.message);
  } finally {
    button.disabled = false;
  }
});
