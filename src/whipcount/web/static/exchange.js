// Dropping files, and the progress of readings while they go on.
"use strict";

(() => {
  const form = document.querySelector("form.upload");
  const input = document.getElementById("files");
  const drop = document.querySelector(".drop");

  if (drop) {
    for (const kind of ["dragenter", "dragover"]) {
      form.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.classList.add("over");
      });
    }
    form.addEventListener("dragleave", (event) => form.contains(event.relatedTarget) || drop.classList.remove("over"));
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      send();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send();
    });
  }

  function send() {
    const say = (words) => (document.getElementById("sent").textContent = words);
    const request = new XMLHttpRequest(); // it alone tells how much of an upload is through
    request.open("POST", form.action);
    request.setRequestHeader("accept", "application/json");
    request.upload.onprogress = (event) => event.lengthComputable && say(_("Sending: {share} %", { share: Math.round((100 * event.loaded) / event.total) }));
    request.onload = () => {
      let data = {};
      try {
        data = JSON.parse(request.responseText);
      } catch {
        data.error = request.responseText.slice(0, 200);
      }
      if (request.status !== 200) return say(data.error || _("The upload failed."));
      say(_("It is here; reading begins."));
      form.reset();
      refresh();
    };
    request.onerror = () => say(_("No connection; nothing was sent. Try again."));
    request.send(new FormData(form));
  }

  async function refresh() {
    try {
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("jobs");
      const open = new Set([...document.querySelectorAll("#jobs details[open]")].map((each) => each.closest(".job").dataset.number));
      for (const each of fresh.querySelectorAll(".job")) {
        if (open.has(each.dataset.number) && each.querySelector("details")) each.querySelector("details").open = true;
      }
      if (!document.getElementById("jobs").contains(document.activeElement)) {
        document.getElementById("jobs").replaceWith(document.adoptNode(fresh));
      }
    } catch {
      // no connection now; the next round may have one
    }
    if ("busy" in document.getElementById("jobs").dataset) setTimeout(refresh, 1000);
  }

  if ("busy" in document.getElementById("jobs").dataset) setTimeout(refresh, 1000);
})();
