// What the demo shows to whoever tries it: mails, codes and passwords.
import { visitor } from "./browser.mjs";
import { assertAccessible, assertNoSidewaysScroll } from "./axe.mjs";

/** Looks at the page as it stands, wide and narrow: axe finds nothing and nothing sticks out. */
export async function sound(page, name) {
  const size = page.viewportSize();
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 900 });
    await assertAccessible(page, `${name} at ${width}`);
    await assertNoSidewaysScroll(page, `${name} at ${width}`);
  }
  await page.setViewportSize(size);
}

/** Presses a button or link by its words, in full when they are a string, and waits for the page that follows. */
export async function press(page, words) {
  const named = { name: words, exact: typeof words === "string" };
  const found = page.locator("main").getByRole("button", named).or(page.locator("main").getByRole("link", named));
  await Promise.all([page.waitForEvent("load"), found.first().click()]);
}

/** Chooses a radio button or ticks a box by name and value, as its label would. */
export async function choose(page, name, value) {
  await page.locator(`main input[name="${name}"]${value ? `[value="${value}"]` : ""}`).first().check({ force: true });
}

/** The mails to an address whose subject fits, newest first, as rows of the mail viewer. */
async function mails(page, address, subject) {
  await page.goto("/demo/mail?to=" + encodeURIComponent(address));
  return page.locator("main tr").filter({ hasText: address }).filter({ hasText: subject });
}

/** Waits until there are this many mails to an address, and returns the text of the newest. */
export async function mailTo(browser, address, subject = /./, atLeast = 1) {
  const page = await visitor(browser);
  try {
    for (let tries = 0; tries < 240; tries++) {
      const rows = await mails(page, address, subject);
      if ((await rows.count()) >= atLeast) {
        await rows.first().getByRole("link").first().click();
        await page.waitForURL(/\/demo\/mail\/\d/);
        return await page.locator("main").innerText();
      }
      await page.waitForResponse(() => true, { timeout: 250 }).catch(() => {});
    }
    throw new Error(`no mail to ${address}`);
  } finally {
    await page.context().close();
  }
}

/** How many mails with a code went to an address so far. */
async function codesSoFar(browser, address) {
  const page = await visitor(browser);
  const n = await (await mails(page, address, /code/i)).count();
  await page.context().close();
  return n;
}

/** The six digits of the newest mail to an address; before is how many codes there were already. */
export async function codeFor(browser, address, before = 0) {
  return (await mailTo(browser, address, /code/i, before + 1)).match(/\b\d{6}\b/)[0];
}

/** A browser in which a participant is logged in. */
export async function participant(browser, address, options) {
  const page = await visitor(browser, options);
  const before = await codesSoFar(browser, address);
  await page.goto("/nl/mijn/inloggen");
  await page.fill("[name=email]", address);
  await press(page, /verder|inloggen|code/i);
  await page.fill("[name=code]", await codeFor(browser, address, before));
  await press(page, /verder|inloggen/i);
  return page;
}

/** A browser in which a member of staff is logged in, with password and code from the demo's start page. */
export async function member(browser, address, options) {
  const page = await visitor(browser, options);
  await page.goto("/demo/");
  const password = (await page.locator("main code").first().innerText()).trim();
  const code = (await page.locator("main tr").filter({ hasText: address }).locator("td").nth(2).innerText()).trim();
  await page.goto("/nl/beheer/inloggen");
  await page.fill("[name=email]", address);
  await page.fill("[name=password]", password);
  await press(page, /verder|inloggen/i);
  await page.fill("[name=code]", code);
  await press(page, /verder|inloggen/i);
  return page;
}
