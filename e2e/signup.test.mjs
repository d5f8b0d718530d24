// A visitor reads the claim page and signs up, page by page.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { launch, visitor } from "./lib/browser.mjs";
import { choose, codeFor, press, sound } from "./lib/demo.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const email = `road.${Date.now()}@deelnemer.example`;

test("a visitor reads the claim page, in Dutch and in English", async () => {
  const page = await visitor(browser);
  for (const path of ["/nl", "/nl/zoom", "/en/zoom", "/nl/zoom/privacy", "/nl/zoom/meedoen"]) {
    const answer = await page.goto(path);
    assert.equal(answer.status(), 200, path);
    await sound(page, path);
  }
  await page.goto("/nl/zoom");
  assert.match(await page.locator("main").innerText(), /tot €\s500,00[^]*Bij €\s250,00 is de uitkomst gelijk/);
  await page.context().close();
});

/** Fills in the sign-up page by page; look is called on every page, with its name. */
async function signUp(page, address, look) {
  await page.goto("/nl/zoom/meedoen");
  await press(page, /start/i);
  const steps = [
    ["gebruik", () => choose(page, "used", "yes")],
    ["leeftijd", () => choose(page, "adult", "yes")],
    ["land", () => choose(page, "where", "NL")],
    ["e-mail", () => page.fill("[name=email]", address)],
    ["code", async () => page.fill("[name=code]", await codeFor(browser, address))],
    ["naam", async () => { await page.fill("[name=first_names]", "Renée"); await page.fill("[name=last_name]", "O'Brien-d'Hondt"); }],
    ["adres", async () => {
      for (const [name, value] of Object.entries({ postcode: "1234ab", house_number: "12", street: "Teststraat", city: "Teststad" })) await page.fill(`[name=${name}]`, value);
    }],
    ["periode", () => choose(page, "used_for", "private")],
    ["bewijs", () => choose(page, "evidence", "later")],
    ["vergoeding", () => choose(page, "fee", "flat")],
  ];
  for (const [name, fill] of steps) {
    assert.ok(page.url().endsWith(`/meedoen/${name}`), `at ${page.url()}, want ${name}`);
    await look(name);
    await fill();
    await press(page, "Verder");
  }
  await press(page, "Verder"); // the check of the answers
  await look("ondertekenen");
  await choose(page, "mandate");
  await choose(page, "agreement");
  await page.fill("[name=name]", "renée o'brien-d'hondt");
  await press(page, /onderteken/i);
  assert.ok(page.url().endsWith("/toestemmingen"), page.url());
  await choose(page, "consent", "newsletter");
  await press(page, "Verder");
  return (await page.locator("main").innerText()).match(/ZM-[0-9A-Z]{4}-[0-9A-Z]{4}/)[0];
}

test("a visitor signs up without JavaScript", async () => {
  const page = await visitor(browser, { javaScriptEnabled: false });
  assert.match(await signUp(page, `plain.${email}`, async () => {}), /^ZM-/);
  await page.context().close();
});
