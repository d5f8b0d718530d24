// A page as it stands, taken along so that it can be looked at while the road goes on.
import { visitor } from "./browser.mjs";

/** The page as it stands: its parts, what is filled in and chosen, what has the focus, and its address. */
export const copyOf = async (page) => ({ url: page.url(), html: await page.evaluate(asItStands) });

// Runs in the page.
function asItStands() {
  const all = (root) => [...root.querySelectorAll("*")];
  const copy = document.documentElement.cloneNode(true);
  const copies = all(copy);
  all(document.documentElement).forEach((e, i) => {
    if (e === document.activeElement && e !== document.body) copies[i].setAttribute("data-focus", "");
    if (e.tagName === "OPTION") copies[i].toggleAttribute("selected", e.selected);
    if (e.tagName === "TEXTAREA") copies[i].textContent = e.value;
    if (e.tagName !== "INPUT" || e.type === "file") return;
    copies[i].toggleAttribute("checked", e.checked);
    copies[i].setAttribute("value", e.value);
  });
  return copy.outerHTML;
}

/**
 * A window of one size and theme that shows one copy after another. What a test loads into it stays:
 * axe is read once, and not for every page again.
 */
export async function mirror(browser, options) {
  const page = await visitor(browser, options);
  await page.goto("/nl");
  return {
    page,
    /** Shows a copy, with the styles and the letters it has. */
    show: (copy) => page.evaluate(put, copy),
  };
}

// Runs in the window: the scripts of a copy do not run.
async function put({ url, html }) {
  window.policy ??= window.trustedTypes.createPolicy("copy", { createHTML: (text) => text });
  history.replaceState(null, "", url);
  const copy = new DOMParser().parseFromString(window.policy.createHTML(html), "text/html").documentElement;
  const files = [...copy.querySelectorAll("link[rel=stylesheet], img:not([loading=lazy])")]
    .map((e) => new Promise((done) => { e.onload = done; e.onerror = done; }));
  document.replaceChild(copy, document.documentElement);
  await Promise.all(files);
  await document.fonts.ready;
  document.querySelector("[data-focus]")?.focus();
  window.scrollTo(0, 0);
}
