"use strict";

const root = document.body.dataset.root;

function showLocalTimes() {
  for (const time of document.querySelectorAll("time")) {
    const moment = new Date(time.dateTime);
    time.title = time.dateTime;
    time.textContent = moment.toLocaleString();
  }
}

async function remove(path) {
  const response = await fetch(root + "api/v1/messages" + path, { method: "DELETE" });
  return response.ok || response.status === 404;
}

function followList() {
  const list = document.getElementById("mails");
  const live = document.getElementById("live");
  let fetching = false;
  let stale = false;

  async function refresh() {
    if (fetching) {
      stale = true;
      return;
    }
    fetching = true;
    do {
      stale = false;
      const response = await fetch(root + "rows" + location.search).catch(() => null);
      if (response && response.ok) {
        list.innerHTML = await response.text();
        showLocalTimes();
      }
    } while (stale);
    fetching = false;
  }

  const changes = new EventSource(root + "api/own/changes");
  changes.onopen = () => {
    live.textContent = "Live";
    live.classList.add("on");
  };
  changes.onerror = () => {
    live.textContent = "Not live";
    live.classList.remove("on");
  };
  changes.onmessage = (event) => {
    const { position, total } = JSON.parse(event.data);
    document.title = total ? `Mail (${total})` : "Mail";
    if (document.getElementById("rows").dataset.state !== `${position}/${total}`) {
      refresh();
    }
  };
  document.getElementById("delete-all").onclick = async () => {
    if (confirm("Delete all mail?")) {
      await remove("");
    }
  };
}

function followMail(button) {
  button.onclick = async () => {
    if (await remove("/" + encodeURIComponent(button.dataset.id))) {
      location.href = root || "./";
    }
  };
}

showLocalTimes();
if (document.getElementById("mails")) {
  followList();
}
const deleteButton = document.getElementById("delete");
if (deleteButton) {
  followMail(deleteButton);
}
