/* News from the sink, for as long as the page is open: how much mail there is, whenever that changes. */

import { address } from "./server.js";

const RETRY_MS = 2000;
const HIDDEN_MS = 60_000;

/** Fires `change`, whose `detail` is `{position, total, unread}`, and `state`, whose `detail` is whether it is live.

    The first `change` of a connection tells how it is (`isFirst`), each other one that something has changed. */
export class Live extends EventTarget {
  /** Whether the page wants news even while nobody sees it. */
  isAlwaysWanted = false;

  #source = null;
  #timer = 0;

  constructor() {
    super();
    this.#open();
    // A browser has six connections for all its pages of one server, and a stream holds one of them.
    document.addEventListener("visibilitychange", () => {
      clearTimeout(this.#timer);
      if (!document.hidden) {
        this.#open();
      } else if (!this.isAlwaysWanted) {
        this.#timer = setTimeout(() => this.#close(), HIDDEN_MS);
      }
    });
  }

  #open() {
    if (this.#source) {
      return;
    }
    const source = new EventSource(address("api/own/changes"));
    this.#source = source;
    let isFirst = true;
    source.onopen = () => {
      isFirst = true;
      this.#tell("state", true);
    };
    source.onmessage = (event) => {
      this.#tell("change", { ...JSON.parse(event.data), isFirst });
      isFirst = false;
    };
    source.onerror = () => {
      this.#tell("state", false);
      // The browser tries again by itself, except after an answer that is no stream.
      if (source.readyState === EventSource.CLOSED) {
        this.#close();
        this.#timer = setTimeout(() => this.#open(), RETRY_MS);
      }
    };
  }

  #close() {
    this.#source?.close();
    this.#source = null;
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
