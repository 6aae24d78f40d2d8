// Parts of a page that are exchanged in place: forms with data-live="#part" and links inside an element with
// data-live="#part" load their address and put its #part where ours is.  Without JavaScript they load the page.
"use strict";

let asked = 0;

async function exchange(address, part, remember) {
  const mine = ++asked;
  const old = document.querySelector(part);
  old.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== asked) return false;
    const fresh = page.querySelector(part);
    const held = document.activeElement && document.activeElement.id;
    old.replaceWith(document.adoptNode(fresh));
    document.title = page.title;
    const twin = page.querySelector("[data-twin]");
    if (twin && document.querySelector("[data-twin]")) document.querySelector("[data-twin]").href = twin.href;
    if (held && document.getElementById(held)) document.getElementById(held).focus({ preventScroll: true });
    if (remember === "push") history.pushState({ part }, "", address);
    if (remember === "replace") history.replaceState({ part }, "", address);
    return true;
  } catch (error) {
    location.assign(address);
    return false;
  }
}

function addressOf(form) {
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) asked.append(name, value);
  const query = asked.toString();
  return form.action.split("?")[0] + (query ? "?" + query : "");
}

document.addEventListener("submit", (event) => {
  const part = event.target.dataset.live;
  if (!part) return;
  event.preventDefault();
  exchange(addressOf(event.target), part, "push");
});

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form && form.dataset.live) exchange(addressOf(form), form.dataset.live, "push");
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-live] a[data-switch]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  exchange(link.href, link.closest("[data-live]").dataset.live, "push");
});

window.addEventListener("popstate", () => location.reload());

// The slider runs through the days of the debate; "Replay" moves it by itself.
for (const replay of document.querySelectorAll("[data-replay]")) {
  const dates = replay.dataset.dates.split(" ");
  const form = document.querySelector("form[data-live]");
  const [button, slider, shown] = ["button", "input", "output"].map((name) => replay.querySelector(name));
  let playing = null;
  let showing = false;
  const place = () => {
    const at = form.elements.at.value;
    const found = at ? dates.findIndex((date) => date > at) - 1 : dates.length - 1;
    slider.value = found === -2 ? dates.length - 1 : Math.max(found, 0);
    shown.value = at || dates[dates.length - 1];
  };
  const show = async () => {
    if (showing) return;
    showing = true;
    let at;
    do {
      at = dates[slider.value];
      form.elements.at.value = shown.value = at;
      await exchange(addressOf(form), form.dataset.live, "replace");
    } while (dates[slider.value] !== at);
    showing = false;
  };
  const stop = () => {
    clearInterval(playing);
    playing = null;
    button.setAttribute("aria-pressed", "false");
    button.lastChild.textContent = " " + _("Replay");
    button.firstElementChild.textContent = "▶";
  };
  slider.addEventListener("input", show);
  slider.addEventListener("change", (event) => event.stopPropagation());
  form.addEventListener("change", () => setTimeout(place));
  button.addEventListener("click", () => {
    if (playing) return stop();
    if (Number(slider.value) >= dates.length - 1) slider.value = 0;
    button.setAttribute("aria-pressed", "true");
    button.lastChild.textContent = " " + _("Stop");
    button.firstElementChild.textContent = "■";
    const step = Math.max(1, Math.round(dates.length / 60));
    show();
    playing = setInterval(() => {
      if (Number(slider.value) >= dates.length - 1) return stop();
      slider.value = Math.min(Number(slider.value) + step, dates.length - 1);
      show();
    }, 700);
  });
  place();
  replay.hidden = false;
}
