// A visitor signs up, page by page, without and with mistakes, and follows the case.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { launch, visitor } from "./lib/browser.mjs";
import { assertErrorSummary } from "./lib/axe.mjs";
import { choose, codeFor, mailTo, participant, press, sound } from "./lib/demo.mjs";

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
  await press(page, "Onderteken");
  assert.ok(page.url().endsWith("/toestemmingen"), page.url());
  await choose(page, "consent", "newsletter");
  await press(page, "Verder");
  return (await page.locator("main").innerText()).match(/ZM-[0-9A-Z]{4}-[0-9A-Z]{4}/)[0];
}

test("a visitor mends a mistake on each page, signs, and gets a number by mail", async () => {
  const page = await visitor(browser);
  const number = await signUp(page, email, async (name) => {
    await press(page, name === "ondertekenen" ? "Onderteken" : "Verder");
    assert.match(await page.title(), /^Fout: /, `${name} without an answer`);
    await assertErrorSummary(page, name);
    await sound(page, `sign-up, ${name}, with an error`);
  });
  await sound(page, "sign-up, done");
  assert.match(await mailTo(browser, email, /welkom|u doet mee/i), new RegExp(number));
  await page.context().close();
});

test("a visitor signs up without JavaScript", async () => {
  const page = await visitor(browser, { javaScriptEnabled: false });
  assert.match(await signUp(page, `plain.${email}`, async () => {}), /^ZM-/);
  await page.context().close();
});

test("the participant logs in, sends evidence, prepays and gets told the truth", async () => {
  const page = await participant(browser, email);
  const home = page.url();
  await sound(page, "my case");
  for (const part of ["gegevens", "bewijs", "vergoeding", "toestemmingen", "documenten", "stoppen"]) {
    await page.goto(`${home}/${part}`);
    assert.equal(await page.locator("h1").count(), 1, part);
    await sound(page, `my case, ${part}`);
  }
  await page.goto(`${home}/bewijs`);
  await page.setInputFiles("input[type=file]", { name: "bewijs.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n") });
  await press(page, "Stuur bestanden");
  assert.match(await page.locator("main").innerText(), /bewijs\.pdf/);

  await page.goto(`${home}/betalen`);
  await sound(page, "my case, prepay");
  await press(page, /^Betaal/);
  await sound(page, "my case, on to Mollie");
  await press(page, "Naar betalen");
  await page.getByRole("button", { name: "Betaald", exact: true }).click();
  await page.waitForURL(/\/betaling\//);
  assert.match(await page.locator("main").innerText(), /betaald/i);
  await sound(page, "my case, paid");
  await page.context().close();
});

test("a stranger's case is not found", async () => {
  const page = await participant(browser, email);
  const other = page.url().replace(/[A-Z2-7]{26}/, "AAAAAAAAAAAAAAAAAAAAAAAAAA");
  assert.equal((await page.goto(other)).status(), 404);
  await sound(page, "not found");
  await page.context().close();
});
