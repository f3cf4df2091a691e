/* Jim, MailHog's chaos monkey: whether he is here, and what he does. */

import { complain, fields, open } from "./dialogs.js";
import { json, send } from "./server.js";

const PATH = "api/v2/jim";
const SPEEDS = ["LinkSpeedMin", "LinkSpeedMax"];

const dialog = document.getElementById("jim");
const form = dialog.querySelector("form");
const here = document.getElementById("jim-here");
const chances = form.querySelector("fieldset");
const apply = form.querySelector("[type=submit]");
const state = document.getElementById("jim-state");
const inputs = fields(chances);

/** Open the dialog. */
export async function show() {
  complain(dialog, "");
  open("jim");
  await trying(look);
}

async function look() {
  let said = null;
  try {
    said = await json(PATH);
  } catch (error) {
    if (error.status !== 404) {
      throw error;
    }
  }
  here.checked = said !== null;
  chances.disabled = apply.disabled = said === null;
  state.textContent = said === null ? "" : "here";
  state.closest("button").classList.toggle("is-on", said !== null);
  for (const [name, value] of Object.entries(said ?? {})) {
    inputs[name].value = SPEEDS.includes(name) ? value : percent(value);
    slide(name);
  }
}

function percent(chance) {
  return Number((chance * 100).toFixed(4));
}

function slide(name) {
  const slider = chances.querySelector(`[data-for="${name}"]`);
  if (slider) {
    slider.value = inputs[name].value;
  }
}

async function trying(work) {
  complain(dialog, "");
  try {
    await work();
    return true;
  } catch (error) {
    complain(dialog, error.message);
    return false;
  }
}

here.addEventListener("change", async () => {
  await trying(() => send(here.checked ? "POST" : "DELETE", PATH));
  await trying(look);
});

chances.addEventListener("input", ({ target }) => {
  if (target.dataset.for) {
    inputs[target.dataset.for].value = target.value;
  } else {
    slide(target.name);
  }
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = {};
  for (const [name, input] of Object.entries(inputs)) {
    const value = Number(input.value);
    body[name] = SPEEDS.includes(name) ? value : Number((value / 100).toFixed(6));
  }
  if (await trying(() => send("PUT", PATH, { body }))) {
    dialog.close();
  }
});
