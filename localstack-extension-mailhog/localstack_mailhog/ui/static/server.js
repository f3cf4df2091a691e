/* Requests to the sink. Every address is relative to the page's <base>, so to wherever the sink is mounted. */

/** The sink did not do what was asked; `message` says why, to a person, and `text` is the whole answer. */
export class Refused extends Error {
  constructor(status, text) {
    super(messageOf(status, text));
    this.status = status;
    this.text = text;
  }
}

/* Where the sink is, without a password that somebody wrote into the address. */
const base = new URL(document.baseURI);
base.username = base.password = "";

/** The address of a path below the sink's root, with parameters; a list is a parameter that is repeated. */
export function address(path, parameters = {}) {
  const url = new URL(path, base);
  for (const [name, value] of Object.entries(parameters)) {
    for (const each of [value].flat()) {
      if (each !== "" && each !== undefined && each !== null) {
        url.searchParams.append(name, each);
      }
    }
  }
  return url.href;
}

/** The path of a mail in one of the APIs or among the pages. */
export function pathOf(id, rest = "") {
  return `messages/${encodeURIComponent(id)}${rest}`;
}

async function ask(path, { method = "GET", parameters, body, signal } = {}) {
  let response;
  try {
    response = await fetch(address(path, parameters), {
      method,
      signal,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") {
      throw error;
    }
    throw new Refused(0, "The mail sink does not answer.");
  }
  if (!response.ok) {
    throw new Refused(response.status, await response.text());
  }
  return response;
}

function messageOf(status, text) {
  try {
    return JSON.parse(text).error;
  } catch {
    return text.trim().slice(0, 500) || `The mail sink answered with ${status}.`;
  }
}

/** A fragment of the page. */
export async function fragment(path, parameters, signal) {
  const template = document.createElement("template");
  template.innerHTML = await (await ask(path, { parameters, signal })).text();
  return template.content;
}

/** What the API says, as JSON. */
export async function json(path, parameters, signal) {
  return (await ask(path, { parameters, signal })).json();
}

/** Have the API do something. */
export async function send(method, path, { parameters, body } = {}) {
  return ask(path, { method, parameters, body });
}
