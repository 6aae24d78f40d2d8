// Saving that outlives a lost connection: a change is kept in this browser until the server has it, and every change has
// a name of its own, so that one sent twice is made once.
"use strict";

const saving = (() => {
  const place = `whipcount waiting ${document.querySelector("meta[name=who]")?.content || ""} ${document.querySelector("meta[name=root]")?.content || ""}`;
  const waits = new Map(); // name of a change -> who is to be told of its end
  let sending = false;
  let wake = () => {};

  function waiting() {
    try {
      return JSON.parse(localStorage.getItem(place)) || [];
    } catch {
      return [];
    }
  }

  function keep(items) {
    if (items.length) localStorage.setItem(place, JSON.stringify(items));
    else localStorage.removeItem(place);
  }

  function say(words, trouble = false, link = null) {
    const line = document.getElementById("saved");
    if (!line) return;
    line.textContent = words;
    line.classList.toggle("trouble", trouble);
    if (link) {
      const way = document.createElement("a");
      way.href = link;
      way.textContent = _("Sign in");
      line.append(" ", way);
    }
  }

  const number = (items) => ({ changes: items.length === 1 ? _("1 change waits") : _("{number} changes wait", { number: items.length }) });

  function pause(seconds) {
    return new Promise((done) => {
      wake = done;
      setTimeout(done, 1000 * seconds);
    });
  }

  async function attempt(item) {
    const answer = await fetch(item.address, {
      method: "POST",
      headers: { accept: "application/json", "x-token": document.querySelector("meta[name=token]").content },
      body: new URLSearchParams([...item.fields, ["once", item.once]]),
      signal: AbortSignal.timeout(15000),
    });
    return [answer, await answer.json().catch(() => ({}))];
  }

  /** Take the token that our pages have now; whether it is another one. */
  async function renewed() {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const [here, fresh] = [document, page].map((each) => each.querySelector("meta[name=token]"));
    if (!fresh || fresh.content === here.content) return false;
    here.content = fresh.content;
    return true;
  }

  async function send() {
    if (sending) return;
    sending = true;
    let wait = 1;
    for (let items = waiting(); items.length; items = waiting()) {
      const item = items[0];
      say(_("Saving …"));
      let answer, data;
      try {
        [answer, data] = await attempt(item);
        // the server may have begun anew, and with it the token of this page
        if (answer.status === 403 && (await renewed())) [answer, data] = await attempt(item);
      } catch {
        say(_("No connection: {changes}, and will be sent again by itself.", number(items)), true);
        await pause(wait);
        wait = Math.min(2 * wait, 10);
        continue;
      }
      if (answer.status === 401) {
        say(_("You are signed out: {changes} in this browser.", number(items)), true, `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
        sending = false;
        return;
      }
      if (answer.status === 429 || answer.status >= 500) {
        say(_("The server is busy: {changes}, and will be sent again by itself.", number(items)), true);
        await pause(Number(answer.headers.get("retry-after")) || wait);
        wait = Math.min(2 * wait, 10);
        continue;
      }
      wait = 1;
      keep(waiting().filter((other) => other.once !== item.once));
      const told = waits.get(item.once);
      waits.delete(item.once);
      if (answer.ok) {
        say(_("Saved."));
        if (told) told.resolve(data);
      } else {
        say(data.error || _("Refused ({status}).", { status: answer.status }), true);
        if (told) told.reject(new Error(data.error || "refused"));
      }
    }
    sending = false;
  }

  addEventListener("online", () => wake());
  addEventListener("beforeunload", (event) => {
    if (waiting().length) event.preventDefault();
  });
  if (waiting().length) send(); // left over from a page that was closed

  return {
    say,
    idle: () => !waiting().length,
    /** Keep a change and send it; what the server answers. */
    save(address, fields) {
      const once = crypto.randomUUID?.() || [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
      keep([...waiting(), { once, address, fields }]);
      const told = new Promise((resolve, reject) => waits.set(once, { resolve, reject }));
      send();
      return told;
    },
  };
})();
