/* The list: as many rows as fit are in the page, whatever there is. Others are asked for as one scrolls.

   Rows are numbered from 0, the newest. A mail that comes moves all others down by one; who has scrolled away from the
   top goes on looking at the same mails. */

import { fragment, json } from "./server.js";
import { localize } from "./times.js";

const CHUNK = 100;
const MOST_ASKED = 250;
const OVERSCAN = 8;
const MOST_KEPT = 2000;

/** Fires `change` when what is known of the list has changed, and `cursor` when another row is at the cursor. */
export class List extends EventTarget {
  /** What is searched. */
  query = "";
  /** How many mails the query finds. */
  total = 0;
  /** How many there are at all, and how many of them are unread. */
  counts = { all: 0, unread: 0 };
  /** The position of the newest mail, as the sink counts them. */
  position = 0;
  /** Whether some mail cannot be searched yet. */
  isIncomplete = false;
  /** The row that keys act on. */
  cursor = { index: -1, id: "" };

  #scroller;
  #window;
  #selection;
  #rows = new Map();
  #height = 0;
  #shownQuery;
  #asking = null;
  #openId = "";

  /** `scroller` shows a part of `window`, which has the rows that the server put there. */
  constructor(scroller, window, selection) {
    super();
    this.#scroller = scroller;
    this.#window = window;
    this.#selection = selection;
    this.query = this.#shownQuery = window.querySelector(".found").dataset.query;
    const rows = this.#take(window);
    scroller.classList.add("is-windowed");
    this.#keep(rows);
    this.#measure();
    scroller.addEventListener("scroll", () => this.#draw(), { passive: true });
    new ResizeObserver(() => this.#measure()).observe(scroller);
    selection.addEventListener("change", () => this.#draw());
  }

  /** Show what another query finds, from its beginning. */
  async search(query) {
    this.query = query;
    this.#selection.clear();
    this.cursor = { index: -1, id: "" };
    await this.#ask(0, { afresh: true });
  }

  /** Ask again for what is seen, because something has changed. */
  async refresh() {
    const [first, last] = this.#seen();
    await this.#ask(Math.max(0, first - OVERSCAN), { limit: last - first + 3 * OVERSCAN, afresh: true });
  }

  /** The row of a number, where it is known. */
  row(index) {
    return this.#rows.get(index);
  }

  /** The number of the row of a mail, where it is known; otherwise -1. */
  indexOf(id) {
    for (const [index, row] of this.#rows) {
      if (row.dataset.id === id) {
        return index;
      }
    }
    return -1;
  }

  /** The ids of the rows from one number to another, whether they are known here or not. */
  async ids(from, to) {
    const ids = [];
    for (let start = from; start <= to; start += MOST_ASKED) {
      const limit = Math.min(MOST_ASKED, to - start + 1);
      const { items } = await json("api/own/messages", { query: this.query, start, limit });
      ids.push(...items.map((item) => item.id));
    }
    return ids;
  }

  /** Put the cursor on a row, and show it. */
  async moveTo(index) {
    if (!this.total) {
      return undefined;
    }
    const wanted = Math.max(0, Math.min(index, this.total - 1));
    this.#show(wanted);
    if (!this.#rows.has(wanted)) {
      await this.#ask(Math.max(0, wanted - CHUNK / 2));
    }
    const row = this.#rows.get(wanted);
    this.cursor = { index: wanted, id: row?.dataset.id ?? "" };
    this.#draw();
    this.dispatchEvent(new Event("cursor"));
    return row;
  }

  /** Move the cursor by some rows; from the mail that is gone, the one in its place is the next. */
  async moveBy(rows) {
    const { index, id } = this.cursor;
    if (index < 0) {
      return this.moveTo(this.#seen()[0]);
    }
    const isGone = this.#rows.get(index)?.dataset.id !== id;
    return this.moveTo(index + rows - (isGone && rows > 0 ? 1 : 0));
  }

  /** Show that a mail is open; the cursor goes to it. */
  markOpen(id) {
    this.#openId = id;
    const index = id ? this.indexOf(id) : -1;
    if (index >= 0) {
      this.cursor = { index, id };
      this.#show(index);
    }
    this.#draw();
  }

  /** Take over what the server says of the list and its rows: a map from numbers to rows. */
  #take(content) {
    const found = content.querySelector(".found");
    const { start, total, all, unread, position } = found.dataset;
    found.remove();
    this.total = Number(total);
    this.counts = { all: Number(all), unread: Number(unread) };
    this.position = Number(position);
    this.isIncomplete = "incomplete" in found.dataset;
    const rows = new Map();
    let index = Number(start);
    for (const row of content.querySelectorAll(".row")) {
      row.source = row.outerHTML;
      localize(row);
      rows.set(index++, row);
    }
    return rows;
  }

  #keep(rows) {
    for (const [index, row] of rows) {
      this.#rows.set(index, row);
    }
    if (this.#rows.size > MOST_KEPT) {
      const [first, last] = this.#seen();
      for (const index of this.#rows.keys()) {
        if (index < first - MOST_KEPT / 4 || index > last + MOST_KEPT / 4) {
          this.#rows.delete(index);
        }
      }
    }
  }

  /** Ask for rows; `afresh`: and forget those that are known, and what is being asked for. */
  #ask(start, { limit = CHUNK, afresh = false } = {}) {
    if (afresh) {
      this.#asking?.controller.abort();
    }
    const asking = { controller: new AbortController(), done: null };
    this.#asking = asking;
    asking.done = this.#fetch(asking, { start, limit, afresh });
    return asking.done;
  }

  async #fetch(asking, { start, limit, afresh }) {
    const { query } = this;
    const { signal } = asking.controller;
    let content = null;
    try {
      content = await fragment("rows", { query, start, limit: Math.min(limit, MOST_ASKED) }, signal);
    } catch (error) {
      if (error.name !== "AbortError") {
        throw error;
      }
    } finally {
      if (this.#asking === asking) {
        this.#asking = null;
      }
    }
    if (signal.aborted || query !== this.query) {
      // Whoever waits for this waits for what took its place.
      return this.#asking?.done;
    }
    const before = { position: this.position, total: this.total, query: this.#shownQuery };
    const rows = this.#take(content);
    if (afresh || this.position !== before.position || this.total !== before.total) {
      this.#replace(rows, before);
    } else {
      this.#keep(rows);
    }
    this.#draw();
    this.dispatchEvent(new Event("change"));
    return undefined;
  }

  /** Put new rows in the place of all that are known, under what the reader looks at. */
  #replace(rows, before) {
    const known = new Map([...this.#rows.values()].map((row) => [row.dataset.id, row]));
    const [first] = this.#seen();
    const anchor = this.#rows.get(first)?.dataset.id;
    const isAtTop = this.#scroller.scrollTop < this.#height / 2;
    const came = this.query ? this.total - before.total : this.position - before.position;
    const cursor = this.cursor.index;
    this.#rows.clear();
    if (cursor >= 0) {
      this.cursor = { index: Math.max(0, cursor + came), id: this.cursor.id };
    }
    let moved = came;
    for (const [index, row] of rows) {
      const old = known.get(row.dataset.id);
      // A row that is the same stays the same element: what is under the pointer does not flicker.
      this.#rows.set(index, old?.source === row.source ? old : row);
      if (row.dataset.id === anchor) {
        moved = index - first;
      }
      if (row.dataset.id === this.cursor.id) {
        this.cursor = { index, id: this.cursor.id };
      }
    }
    if (before.query !== this.query) {
      this.#scroller.scrollTop = 0;
    } else if (!isAtTop) {
      this.#resize();
      this.#scroller.scrollTop += moved * this.#height;
    }
    this.#shownQuery = this.query;
  }

  #measure() {
    const height = parseFloat(getComputedStyle(this.#window).getPropertyValue("--row"));
    if (height !== this.#height) {
      const first = this.#height ? this.#scroller.scrollTop / this.#height : 0;
      this.#height = height;
      this.#resize();
      this.#scroller.scrollTop = first * height;
    }
    this.#draw();
  }

  #resize() {
    this.#window.style.height = `${this.total * this.#height}px`;
  }

  /** The numbers of the first and the last row that are seen, if only in part. */
  #seen() {
    const { scrollTop, clientHeight } = this.#scroller;
    const height = this.#height || 1;
    const first = Math.floor(scrollTop / height);
    return [first, Math.min(this.total - 1, Math.floor((scrollTop + clientHeight) / height))];
  }

  #show(index) {
    const top = index * this.#height;
    const { scrollTop, clientHeight } = this.#scroller;
    if (top < scrollTop) {
      this.#scroller.scrollTop = top;
    } else if (top + this.#height > scrollTop + clientHeight) {
      this.#scroller.scrollTop = top + this.#height - clientHeight;
    }
  }

  /** Have the rows in the page that are seen, and few others. */
  #draw() {
    this.#resize();
    const [first, last] = this.#seen();
    if (this.cursor.index >= 0 && !this.cursor.id) {
      this.cursor.id = this.#rows.get(this.cursor.index)?.dataset.id ?? "";
    }
    const wanted = [];
    let isMissing = -1;
    for (
      let index = Math.max(0, first - OVERSCAN);
      index <= Math.min(this.total - 1, last + OVERSCAN);
      index++
    ) {
      const row = this.#rows.get(index);
      if (row) {
        this.#dress(row, index);
        wanted.push(row);
      } else if (isMissing < 0) {
        isMissing = index;
      }
    }
    const staying = new Set(wanted);
    for (const row of [...this.#window.children]) {
      if (!staying.has(row)) {
        row.remove();
      }
    }
    let next = this.#window.firstElementChild;
    for (const row of wanted) {
      if (row === next) {
        next = next.nextElementSibling;
      } else {
        this.#window.insertBefore(row, next);
      }
    }
    this.#scroller.setAttribute("aria-rowcount", this.total);
    const active = this.#rows.get(this.cursor.index);
    if (active && active.dataset.id === this.cursor.id && active.isConnected) {
      this.#scroller.setAttribute("aria-activedescendant", active.id);
    } else {
      this.#scroller.removeAttribute("aria-activedescendant");
    }
    if (isMissing >= 0 && !this.#asking) {
      this.#ask(Math.max(0, isMissing - OVERSCAN)).catch(() => {});
    }
  }

  #dress(row, index) {
    const { id, position } = row.dataset;
    const isSelected = this.#selection.has(id, Number(position));
    row.style.transform = `translateY(${index * this.#height}px)`;
    row.setAttribute("aria-rowindex", index + 1);
    row.setAttribute("aria-selected", isSelected);
    row.classList.toggle("is-selected", isSelected);
    row.classList.toggle("is-cursor", id === this.cursor.id);
    row.classList.toggle("is-open", id === this.#openId);
    row.querySelector(".pick input").checked = isSelected;
    row.querySelector("a").tabIndex = -1;
  }
}
