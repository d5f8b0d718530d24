// Extras only: every page works without this file.
"use strict";

// A pressed button says that it is busy and can't be pressed twice; it stays focusable.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-busy")) return;
  if (form.hasAttribute("data-sent")) {
    event.preventDefault();
    return;
  }
  form.setAttribute("data-sent", "");
  const button = event.submitter;
  if (button instanceof HTMLElement && button.dataset.busyLabel) {
    button.dataset.label = button.textContent || "";
    // after the browser has read the form, or the button's own value would be lost
    setTimeout(() => {
      button.setAttribute("aria-disabled", "true");
      button.textContent = button.dataset.busyLabel || "";
    }, 0);
  }
});

// Coming back with the browser's back button: the form can be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    form.removeAttribute("data-sent");
    for (const button of form.querySelectorAll("button[aria-disabled]")) {
      button.removeAttribute("aria-disabled");
      if (button instanceof HTMLElement && button.dataset.label) button.textContent = button.dataset.label;
    }
  }
});

// Links in the error summary move the focus into the field, not only the page.
document.addEventListener("click", (event) => {
  const target = event.target;
  if (!(target instanceof Element)) return;
  const link = target.closest(".error-summary a[href^='#']");
  if (link) {
    const field = document.getElementById((link.getAttribute("href") || "").slice(1));
    if (field) {
      event.preventDefault();
      field.scrollIntoView({ block: "center" });
      field.focus({ preventScroll: true });
    }
  }
  const copy = target.closest("button[data-copy]");
  if (copy instanceof HTMLButtonElement && copy.dataset.copy) {
    const label = copy.textContent;
    navigator.clipboard.writeText(copy.dataset.copy).then(() => {
      copy.textContent = copy.dataset.copied || "";
      setTimeout(() => { copy.textContent = label; }, 2000);
    }).catch(() => {});
  }
});

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) button.removeAttribute("hidden");
}

// Files of evidence go one by one, with progress and a way to stop. Without this the form sends them all at once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-upload")) return;
  const input = form.querySelector("input[type=file]");
  const button = event.submitter;
  if (!(input instanceof HTMLInputElement) || !input.files || input.files.length === 0) return; // the server says what is missing
  event.preventDefault();
  if (form.hasAttribute("data-sending")) return;
  form.setAttribute("data-sending", "");
  if (button) button.setAttribute("aria-disabled", "true");
  sendFiles(form, input).finally(() => {
    form.removeAttribute("data-sending");
    if (button) button.removeAttribute("aria-disabled");
  });
});

async function sendFiles(form, input) {
  const list = form.querySelector("[data-uploads]");
  const template = form.querySelector("template");
  const files = [...input.files].map((file) => {
    const row = template.content.firstElementChild.cloneNode(true);
    row.querySelector(".upload-name").textContent = file.name;
    row.querySelector("progress").setAttribute("aria-label", file.name);
    row.querySelector("button .sr-only").textContent = " " + file.name;
    return { file, row };
  });
  list.replaceChildren(...files.map(({ row }) => row));
  list.hidden = false;
  list.focus();
  for (const { file, row } of files) {
    const stop = row.querySelector("button");
    const result = await sendFile(form, input.name, file, row.querySelector("progress"), stop);
    row.querySelector("progress").remove();
    stop.remove();
    row.querySelector(".upload-state").textContent = result.text;
    if (result.elsewhere) { // logged out, or the page is another one now
      window.location.assign(result.elsewhere);
      return;
    }
    for (const old of result.page ? document.querySelectorAll("[data-refresh]") : []) {
      const fresh = result.page.querySelector(`[data-refresh="${old.dataset.refresh}"]`);
      if (fresh) old.replaceWith(document.adoptNode(fresh));
    }
  }
  input.value = "";
  form.querySelector("[data-upload-news]").textContent = form.dataset.ready;
}

// sendFile sends one file as the form would, and tells how that ended.
function sendFile(form, name, file, progress, stop) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    for (const hidden of form.querySelectorAll("input[type=hidden]")) body.append(hidden.name, hidden.value);
    body.append(name, file); // last: the server reads the rest before it
    stop.addEventListener("click", () => request.abort());
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) progress.value = event.loaded / event.total; });
    request.addEventListener("abort", () => done({ text: form.dataset.stopped }));
    request.addEventListener("error", () => done({ text: form.dataset.failed }));
    request.addEventListener("load", () => {
      const page = request.response;
      const problem = page && page.querySelector(".error-summary li");
      if (request.status === 422 && problem) return done({ page, text: problem.textContent.trim() });
      if (request.status !== 200) return done({ text: form.dataset.failed });
      if (!page || !page.querySelector("form[data-upload]")) return done({ text: "", elsewhere: request.responseURL });
      done({ page, text: form.dataset.kept });
    });
    request.open("POST", form.action);
    request.responseType = "document";
    request.send(body);
  });
}

// When many do the same at once, the browser solves a small sum, or waits for its turn, and goes on by itself.
async function solve(form) {
  const { challenge, maxNumber, salt, algorithm, signature } = JSON.parse(form.dataset.puzzle);
  const wanted = Uint8Array.from(challenge.match(/../g), (two) => parseInt(two, 16));
  const encoder = new TextEncoder();
  for (let number = 0; number <= maxNumber; number++) {
    const hash = new Uint8Array(await crypto.subtle.digest(algorithm, encoder.encode(salt + number)));
    if (hash.every((byte, i) => byte === wanted[i])) {
      return btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
    }
  }
  throw new Error("no answer");
}

const puzzle = document.querySelector("form[data-puzzle]");
if (puzzle && window.crypto && crypto.subtle) {
  const [working, byHand] = ["[data-working]", "[data-by-hand]"].map((part) => puzzle.querySelector(part));
  const show = (busy) => { working.toggleAttribute("hidden", !busy); byHand.toggleAttribute("hidden", busy); };
  show(true);
  solve(puzzle).then((answer) => {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: puzzle.dataset.field, value: answer });
    puzzle.append(input);
    puzzle.submit();
  }).catch(() => show(false));
}

const turn = document.querySelector("form[data-turn]");
if (turn) setTimeout(() => turn.submit(), Number(turn.dataset.turn) * 1000);

// Who sits still is asked whether they are there before their log-in ends. One key is the answer, and what was typed stays.
const asks = document.querySelector("dialog[data-idle]");
const over = document.querySelector("dialog[data-idle-over]");
if (asks instanceof HTMLDialogElement && over instanceof HTMLDialogElement) {
  const { ask, end, stay } = asks.dataset;
  const wait = {};
  const begin = () => {
    clearTimeout(wait.ask);
    clearTimeout(wait.end);
    wait.ask = setTimeout(() => { if (!over.open) asks.showModal(); }, Number(ask) * 1000);
    wait.end = setTimeout(ended, Number(end) * 1000);
  };
  const ended = () => {
    asks.close();
    if (!over.open) over.showModal();
  };
  const answered = () => {
    tell();
    fetch(stay).then((answer) => { if (answer.url.includes("/inloggen")) ended(); }).catch(() => {});
  };
  const tell = () => { // the other windows of this person too
    begin();
    try { localStorage.setItem(stay, String(Date.now())); } catch { /* this window only */ }
  };
  asks.addEventListener("submit", answered);
  asks.addEventListener("cancel", answered); // with Escape
  window.addEventListener("storage", (event) => {
    if (event.key !== stay) return;
    asks.close(); // it was answered there
    begin();
  });
  tell();
}
