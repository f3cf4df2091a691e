/* Which mails are selected: some, or all that the list finds but some. */

/** Mails that are chosen one by one, or everything up to a position but those. */
export class Selection extends EventTarget {
  #ids = new Set();
  #until = 0;
  #total = 0;

  /** Whether everything is selected, up to the mail that was the newest when it was. */
  get isAll() {
    return this.#until > 0;
  }

  has(id, position) {
    return this.isAll ? position <= this.#until && !this.#ids.has(id) : this.#ids.has(id);
  }

  get count() {
    return this.isAll ? Math.max(0, this.#total - this.#ids.size) : this.#ids.size;
  }

  set(ids, selected) {
    for (const id of ids) {
      if (selected === this.isAll) {
        this.#ids.delete(id);
      } else {
        this.#ids.add(id);
      }
    }
    this.#changed();
  }

  /** Select all `total` mails that are there now; `until` is the position of the newest. */
  all(until, total) {
    this.#ids.clear();
    this.#until = until;
    this.#total = total;
    this.#changed();
  }

  clear() {
    if (this.#ids.size || this.#until) {
      this.#ids.clear();
      this.#until = 0;
      this.#changed();
    }
  }

  /** The parameters that tell the API which mails are meant: a request for each. */
  requests(query) {
    if (this.isAll) {
      return [{ query, until: this.#until, except: [...this.#ids] }];
    }
    return inRequests([...this.#ids]);
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

const IDS_A_REQUEST = 100;

/** The parameters that name mails, few enough for an address each. */
export function inRequests(ids) {
  const requests = [];
  for (let begin = 0; begin < ids.length; begin += IDS_A_REQUEST) {
    requests.push({ id: ids.slice(begin, begin + IDS_A_REQUEST) });
  }
  return requests;
}
