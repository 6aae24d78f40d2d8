// Settling by keyboard: a number takes that coder's version, x neither; the next case follows at once.
"use strict";

(() => {
  const form = () => document.querySelector("#case form");

  async function show(address) {
    const answer = await fetch(address);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.getElementById("case").replaceWith(document.adoptNode(page.getElementById("case")));
    history.replaceState(null, "", address);
    document.querySelector("#case h1").scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("submit", (event) => {
    if (event.target !== form() || !event.submitter) return;
    event.preventDefault();
    const fields = [...new FormData(form(), event.submitter)].map(([name, value]) => [name, String(value)]);
    for (const button of form().querySelectorAll("button")) button.disabled = true;
    const again = () => show(location.href).catch(() => saving.say(_("The next case could not be fetched; reload the page."), true));
    saving.save(form().action, fields).then(again, again);
  });

  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input:not([type=radio]), textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const button = form()?.querySelector(`button[data-key="${CSS.escape(event.key)}"]`);
    const way = document.querySelector({ j: "#case [rel=next]", k: "#case [rel=prev]" }[event.key] || "#none");
    if (button || way) event.preventDefault();
    if (button) button.click();
    else if (way) show(way.href);
  });
})();
