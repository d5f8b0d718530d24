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
