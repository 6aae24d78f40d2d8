// The Reader by keyboard.  Without this file every field and verdict still works as a form; only words are chosen here.
"use strict";

(() => {
  document.documentElement.classList.add("js");
  const root = () => document.getElementById("reader");
  const text = () => document.getElementById("text");
  const all = () => [...root().querySelectorAll(".card")];
  const current = () => root().querySelector(".card.chosen");
  const may = () => "may" in root().dataset;
  let turn = 0; // the newest page asked for; an older one that comes late is dropped
  let coming = 0; // pages asked for that are not here yet
  let stale = false; // something was saved meanwhile
  let picking = null; // choosing words with the arrow keys: {anchor, at} as places in words()

  // Text: places are code points of the document, as the server counts them

  const points = (string) => (/[\ud800-\udfff]/.test(string) ? [...string].length : string.length);

  function nodes() {
    const walk = document.createTreeWalker(text(), NodeFilter.SHOW_TEXT);
    const found = [];
    let start = 0;
    while (walk.nextNode()) {
      found.push({ node: walk.currentNode, start });
      start += points(walk.currentNode.data);
    }
    return found;
  }

  function placeOf(node, offset) {
    const range = document.createRange();
    range.selectNodeContents(text());
    range.setEnd(node, offset);
    return points(range.toString());
  }

  function at(place) {
    const every = nodes();
    let found = every[0];
    for (const each of every) {
      if (each.start > place) break;
      found = each;
    }
    const units = [...found.node.data].slice(0, place - found.start).join("").length;
    return [found.node, Math.min(units, found.node.data.length)];
  }

  /** The selected words as [start, end] pairs; blanks at their ends are left out. */
  function selected() {
    const selection = getSelection();
    const found = [];
    for (let i = 0; i < selection.rangeCount; i++) {
      const range = selection.getRangeAt(i);
      if (range.collapsed || !text().contains(range.commonAncestorContainer)) continue;
      const words = range.toString();
      const start = placeOf(range.startContainer, range.startOffset) + points(words.match(/^\s*/)[0]);
      const end = start + points(words.trim());
      if (end > start) found.push([start, end]);
    }
    return found;
  }

  const written = (spans) => spans.map(([start, end]) => `${start}-${end}`).join(",");

  function words() {
    const found = [];
    const whole = nodes().map(({ node }) => node.data).join("");
    let last = 0;
    let place = 0;
    for (const match of whole.matchAll(/\S+/g)) {
      place += points(whole.slice(last, match.index));
      last = match.index;
      found.push([place, place + points(match[0])]);
    }
    return found;
  }

  function pick(event) {
    const every = words();
    if (!every.length) return;
    if (!picking) {
      const first = text().querySelector("mark.chosen.content") || text().querySelector("mark.content");
      const start = first ? placeOf(first.firstChild, 0) : 0;
      const from = Math.max(0, every.findIndex(([, end]) => end > start));
      picking = { anchor: from, at: from };
    } else {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      picking.at = step ? picking.at + step : line(every, picking.at, event.key === "ArrowDown" ? 1 : -1);
      picking.at = Math.max(0, Math.min(every.length - 1, picking.at));
      if (!event.shiftKey) picking.anchor = picking.at;
    }
    const [low, high] = [picking.anchor, picking.at].sort((a, b) => a - b);
    const [from, to] = picking.anchor <= picking.at ? [every[low][0], every[high][1]] : [every[high][1], every[low][0]];
    getSelection().setBaseAndExtent(...at(from), ...at(to));
    const box = boxOf(every[picking.at]);
    if (box.top < 120 || box.bottom > innerHeight - 90) scrollBy({ top: box.top - innerHeight / 2, behavior: "instant" });
    saving.say(_("Choosing words: arrows move, Shift with arrows extends; then w, q, g, t or +. Esc leaves."));
  }

  function boxOf([start, end]) {
    const range = document.createRange();
    range.setStart(...at(start));
    range.setEnd(...at(end));
    return range.getBoundingClientRect();
  }

  function line(every, from, step) {
    const here = boxOf(every[from]);
    let best = from;
    let row = null;
    for (let i = from + step; i >= 0 && i < every.length; i += step) {
      const box = boxOf(every[i]);
      if (Math.abs(box.top - here.top) < 4) continue;
      if (row === null) row = box.top;
      if (Math.abs(box.top - row) > 4) break;
      if (best === from || Math.abs(box.left - here.left) < Math.abs(boxOf(every[best]).left - here.left)) best = i;
    }
    return best;
  }

  function unpick() {
    picking = null;
    getSelection().removeAllRanges();
    saving.say("");
  }

  // Pages: the part of a page that changes is fetched and put in place of the one here

  async function show(address, { push = false, focus = true } = {}) {
    const mine = ++turn;
    let page;
    coming++;
    try {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error();
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.getElementById("reader")) throw new Error();
    } catch {
      if (mine === turn && saving.idle()) saving.say(_("The page could not be fetched; it is tried again with the next key."), true);
      return;
    } finally {
      coming--;
    }
    if (mine !== turn) return;
    const list = root().querySelector("aside").scrollTop;
    const same = page.getElementById("reader").dataset.document === root().dataset.document;
    const field = root().contains(document.activeElement) && document.activeElement.name;
    const typed = field && document.activeElement.matches("input, textarea") ? document.activeElement.value : null;
    const before = current()?.dataset.key;
    root().replaceWith(document.adoptNode(page.getElementById("reader")));
    document.title = page.title;
    history[push ? "pushState" : "replaceState"](null, "", address);
    if (same) root().querySelector("aside").scrollTop = list;
    if (field && before && before === current()?.dataset.key && root().querySelector(`[name="${field}"]`)) {
      const again = root().querySelector(`.fields [name="${field}"]`);
      if (again && typed !== null && again.matches("input, textarea")) again.value = typed;
      again?.focus({ preventScroll: true });
    } else if (focus) settle(!same);
    if (!same) tell();
    if (stale && !coming) {
      stale = false;
      refresh();
    }
  }

  const tell = () => saving.say(`${document.title.split(" · ")[0]}: ${root().querySelector("aside h2").textContent}.`);

  /** Show what the server has now, unless changes still wait or another page is on its way. */
  function refresh() {
    if (coming) stale = true;
    else if (saving.idle()) show(location.href, { focus: false });
  }

  function settle(anew = false) {
    const card = current();
    if (!card) {
      if (anew) scrollTo(0, 0);
      return;
    }
    card.querySelector("blockquote a").focus({ preventScroll: true });
    const list = root().querySelector("aside");
    if (list.scrollHeight > list.clientHeight + 4) {
      const [outer, inner] = [list.getBoundingClientRect(), card.getBoundingClientRect()];
      if (inner.top < outer.top || inner.bottom > outer.bottom) list.scrollTop += inner.top - outer.top - 4;
    } else if (innerWidth < 1024) {
      return card.scrollIntoView({ block: "nearest", behavior: "instant" });
    }
    const mark = text().querySelector("mark.chosen");
    if (mark) {
      const box = mark.getBoundingClientRect();
      if (box.top < 120 || box.bottom > innerHeight - 120) mark.scrollIntoView({ block: "center", behavior: "instant" });
    }
  }

  function choose(card, options) {
    if (!card) return;
    for (const other of all()) other.classList.toggle("chosen", other === card);
    for (const mark of text().querySelectorAll("mark")) {
      mark.classList.toggle("chosen", (mark.dataset.of || "").split(" ").includes(card.dataset.statement));
    }
    settle();
    show(card.querySelector("blockquote a").href, options);
  }

  function step(by) {
    const every = all();
    const here = every.indexOf(current());
    const next = every[here + by];
    if (next) choose(next);
    else saving.say(by > 0 ? _("This is the last statement here; . leads to the least certain one anywhere.") : _("This is the first statement here."));
  }

  async function least(saved) {
    const key = current()?.dataset.key || "";
    try {
      const answer = await fetch(`${root().dataset.next}.json?after=${encodeURIComponent(key)}`);
      const found = await answer.json();
      if (found.href) await show(found.href, { push: true });
      else {
        await saved; // or "Saved." would take the place of the last word
        saving.say(_("Nothing is left to judge. Well done."));
      }
    } catch {
      saving.say(_("No connection: the next statement cannot be fetched yet."), true);
    }
  }

  // Acts

  function act(name, fields = [], card = current()) {
    if (!may()) return Promise.resolve();
    const base = [["act", name], ["document", root().dataset.document]];
    if (card) base.push(["key", card.dataset.key]);
    return saving.save(root().dataset.acts, [...base, ...fields]);
  }

  function judge(name) {
    const card = current();
    if (!card) return saving.say(_("Choose a statement first: j goes to the next one."));
    const saved = act(name).then(refresh, refresh);
    card.classList.remove("suggested", "coded", "accepted", "corrected", "rejected");
    card.classList.add(`${name}ed`);
    card.querySelector(".state").textContent = `${name}ed`;
    if ("queued" in root().dataset) return least(saved);
    const every = all();
    const open = (other) => other.matches(".suggested, .coded") && other !== card;
    const next = every.slice(every.indexOf(card)).find(open) || every.find(open);
    if (next) choose(next);
    else saving.say(_("Every statement here is judged; . leads to the least certain one anywhere."));
  }

  function correct(fields) {
    const card = current();
    if (!card) return;
    card.classList.add("corrected");
    act("correct", fields, card).then(refresh, refresh);
  }

  function onWords(name) {
    const spans = selected();
    if (!spans.length) return saving.say(_("Select words in the text first, with the mouse or with h and the arrow keys."), true);
    if (name === "add") {
      act("add", [["content", written(spans)]], null).then((done) => show(done.href), refresh);
    } else if (name === "split") {
      act("split", [["at", spans[0][0]]]).then(refresh, refresh);
    } else {
      const field = name === "source" || name === "cue" ? name : "content";
      correct([[field, written(spans)], ["more", name === "more" ? "1" : ""]]);
    }
    unpick();
  }

  function merge() {
    const every = all();
    const next = every[every.indexOf(current()) + 1];
    if (!current() || !next) return saving.say(_("There is no next statement to merge with."), true);
    act("merge", [["with", next.dataset.key]]).then(refresh, refresh);
  }

  const back = (name) => act(name, [], null).then((done) => show(done.href || location.href), refresh);

  function field(key) {
    const found = root().querySelector(`.fields [data-key="${key}"]`);
    if (!found) return saving.say(_("Choose a statement first: j goes to the next one."));
    found.focus();
    if (found.select && found.type !== "checkbox") found.select();
    found.scrollIntoView({ block: "nearest" });
  }

  // Fields save themselves: at Enter, on leaving, and a list a moment after its last change

  let timer = null;
  let unsaved = null;

  function valueOf(input) {
    if (input.type !== "checkbox") return [[input.name, input.value.trim()]];
    const ticked = [...input.form.querySelectorAll(`[name="${input.name}"]:checked`)];
    return [[input.name, ""], ...ticked.map((box) => [box.name, box.value])];
  }

  function flush() {
    clearTimeout(timer);
    const input = unsaved;
    unsaved = null;
    if (!input || !input.isConnected) return;
    if (!input.checkValidity()) return saving.say(`${input.labels[0].firstChild.data.trim()}: ${input.validationMessage}`, true);
    if (input.name === "note") act("note", valueOf(input)).then(refresh, refresh);
    else correct(valueOf(input));
  }

  document.addEventListener("change", (event) => {
    if (!event.target.closest(".fields")) return;
    unsaved = event.target;
    clearTimeout(timer);
    timer = setTimeout(flush, event.target.matches("select, [type=checkbox]") ? 500 : 0);
  });
  document.addEventListener("focusout", (event) => event.target === unsaved && flush());

  // Keys and clicks

  const acts = {
    a: () => judge("accept"), x: () => judge("reject"),
    j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
    ".": least, u: () => back("undo"), r: () => back("redo"), m: merge,
    h: (event) => {
      picking = null;
      pick(event);
    },
    w: () => onWords("words"), W: () => onWords("more"), q: () => onWords("source"), g: () => onWords("cue"), t: () => onWords("split"), "+": () => onWords("add"),
    z: () => act("finish", [], null).then(least, refresh),
    e: () => field("o"), "?": () => document.getElementById("keys").showModal(),
  };
  const stances = { 1: "support", 2: "oppose", 3: "conditional", 4: "undecided", 0: "" };
  const names = { words: "w", source: "q", cue: "g", split: "t", add: "+", merge: "m", accept: "a", reject: "x", undo: "u", redo: "r", finish: "z" };

  const quiet = () => localStorage.getItem("whipcount single keys") === "off";

  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || event.isComposing) return;
    const inField = event.target.matches("input, select, textarea");
    if (inField) {
      if (event.key === "Escape") {
        unsaved = null;
        clearTimeout(timer);
        event.target.form?.reset();
        settle();
      } else if (event.key === "Enter" && (!event.target.matches("textarea") || !event.shiftKey)) {
        event.preventDefault();
        event.target.blur();
        flush();
        settle();
      }
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && may()) {
      event.preventDefault();
      back(event.shiftKey ? "redo" : "undo");
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || quiet()) return;
    if (picking && event.key.startsWith("Arrow")) {
      event.preventDefault();
      pick(event);
      return;
    }
    if (event.key === "Escape") return unpick();
    if (event.target.matches("button, summary, [type=checkbox]") && [" ", "Enter"].includes(event.key)) return;
    if (event.key.startsWith("Arrow") && event.shiftKey) return;
    if (!may() && !["j", "k", "ArrowDown", "ArrowUp"].includes(event.key)) return;
    if (event.key in stances && current()) {
      event.preventDefault();
      correct([["stance", stances[event.key]]]);
    } else if (event.key in acts) {
      event.preventDefault();
      acts[event.key](event);
    } else if (event.key.length === 1 && root().querySelector(`.fields [data-key="${CSS.escape(event.key)}"]`)) {
      event.preventDefault();
      field(event.key);
    }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".judge button[name=act]");
    if (button && names[button.value]) {
      event.preventDefault();
      acts[names[button.value]](event);
      return;
    }
    const link = event.target.closest("#reader a.anchor, #reader .card blockquote a");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      const id = link.id || link.closest(".card").dataset.statement;
      choose(all().find((card) => card.dataset.statement === id));
      return;
    }
    const mark = event.target.closest("#text mark[data-of]");
    if (mark && getSelection().isCollapsed) {
      // a click on words of several statements goes round them
      const of = mark.dataset.of.split(" ");
      const next = of[(of.indexOf(current()?.dataset.statement) + 1) % of.length];
      choose(all().find((card) => card.dataset.statement === next));
    }
  });
  // buttons must not take the selection away
  document.addEventListener("mousedown", (event) => event.target.closest(".judge button") && event.preventDefault());
  document.getElementById("help")?.addEventListener("click", () => document.getElementById("keys").showModal());
  const single = document.getElementById("single-keys");
  if (single) {
    single.checked = !quiet();
    single.addEventListener("change", () => localStorage.setItem("whipcount single keys", single.checked ? "on" : "off"));
  }
  addEventListener("popstate", () => show(location.href));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && !unsaved && refresh());
  settle();
})();
