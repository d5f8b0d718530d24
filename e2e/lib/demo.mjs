// What the demo shows to whoever tries it: mails, codes and passwords.
import { setTimeout as wait } from "node:timers/promises";
import { baseURL, leave, visitor } from "./browser.mjs";

/** Presses a button or link by its words, in full when they are a string, and waits for the page that follows. */
export async function press(page, words) {
  const named = { name: words, exact: typeof words === "string" };
  const found = page.locator("main").getByRole("button", named).or(page.locator("main").getByRole("link", named));
  await Promise.all([page.waitForEvent("load"), found.first().click()]);
}

/** Sends a file as evidence, by script or without, and waits until it stands in the list. */
export async function sendEvidence(page, button, file) {
  await page.setInputFiles("input[type=file]", file);
  await page.locator("main").getByRole("button", { name: button, exact: true }).click();
  await page.locator('[data-refresh="sent"]').getByText(file.name).first().waitFor();
}

/** Chooses a radio button or ticks a box by name and value, as its label would. */
export async function choose(page, name, value) {
  await page.locator(`main input[name="${name}"]${value ? `[value="${value}"]` : ""}`).first().check({ force: true });
}

/** The words of the page. */
export const words = (page) => page.locator("main").innerText();

/** Asks again and again until the answer is something, for three minutes at most. */
export async function until(what, ask) {
  const end = Date.now() + 180_000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`three minutes went by without ${what}`);
    await wait(150);
  }
}

/** Loads a page until its words fit. */
export function settled(page, path, fits) {
  return until(`${fits} at ${path}`, async () => {
    await page.goto(path);
    return fits.test(await words(page));
  });
}

/** The addresses of the mails to somebody whose subject fits, newest first. */
async function mails(address, subject) {
  const list = await (await fetch(`${baseURL}/demo/mail?to=${encodeURIComponent(address)}`)).text();
  return [...list.matchAll(/<a href="(\/demo\/mail\/\d+)">([^<]*)<\/a>/g)].filter((m) => subject.test(m[2])).map((m) => m[1]);
}

/** Waits until there are this many mails to an address, and returns the page of the newest. */
export async function mailTo(address, subject = /./, atLeast = 1) {
  const all = await until(`mail ${atLeast} like ${subject} to ${address}`, async () => {
    const found = await mails(address, subject);
    return found.length >= atLeast && found;
  });
  return (await fetch(baseURL + all[0])).text();
}

/** The Message-ID of the newest such mail to an address. */
export const messageIDOf = async (address, subject) => (await mailTo(address, subject)).match(/outbox-\d+-[0-9a-f]{32}@[\w.-]+/)[0];

/** How many mails with a code went to an address so far. */
export const codesSoFar = async (address) => (await mails(address, /code/i)).length;

/** The link in the newest mail with a code. */
export async function linkFor(address, before = 0) {
  return (await mailTo(address, /code/i, before + 1)).match(/\/(nl|en)\/mijn\/link\/[\w-]+/)[0];
}

/** The six digits of the newest mail to an address; before is how many codes there were already. */
export async function codeFor(address, before = 0) {
  return (await mailTo(address, /code/i, before + 1)).match(/\b\d{6}\b/)[0];
}

/** A browser in which a participant is logged in. */
export async function participant(browser, address, options) {
  const page = await visitor(browser, options);
  const before = await codesSoFar(address);
  await page.goto("/nl/mijn/inloggen");
  await page.fill("[name=email]", address);
  await press(page, /verder|inloggen|code/i);
  await page.fill("[name=code]", await codeFor(address, before));
  await press(page, /verder|inloggen/i);
  return page;
}

/** The page of a member of staff, who logs in once on each road. */
export function member(road, name) {
  road.atWork ??= new Map();
  if (!road.atWork.has(name)) road.atWork.set(name, login(road.browser, `${name}@samenclaim.example`));
  return road.atWork.get(name);
}

const used = new Set();

// A code of the demo's start page is good for one time, also for who is at work on two roads.
async function login(browser, address) {
  const page = await visitor(browser);
  const row = page.locator("main tr").filter({ hasText: address });
  const code = await until(`a code for ${address}`, async () => {
    await page.goto("/demo/");
    const shown = (await row.locator("td").nth(2).innerText()).trim();
    return !used.has(address + shown) && shown;
  });
  used.add(address + code);
  const password = (await page.locator("main code").first().innerText()).trim();
  await page.goto("/nl/beheer/inloggen");
  await page.fill("[name=email]", address);
  await page.fill("[name=password]", password);
  await press(page, /verder|inloggen/i);
  await page.fill("[name=code]", code);
  await press(page, /verder|inloggen/i);
  return page;
}

/** The people whom the demo's start page offers to log in as, by what they show. */
export async function claimants(browser) {
  const page = await visitor(browser);
  await page.goto("/demo/");
  const rows = await page.locator("main table").nth(1).locator("tbody tr").allInnerTexts();
  await leave(page);
  return rows.map((row) => row.match(/\S+@\S+/)[0]);
}
