// Somebody dies: the register freezes the participation, and who represents the heirs takes it over.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertErrorSummary } from "../lib/axe.mjs";
import { leave, open, visitor } from "../lib/browser.mjs";
import { choose, codeFor, codesSoFar, mailTo, member, participant, press, words } from "../lib/demo.mjs";
import { sound } from "../lib/sound.mjs";
import { pdf, signUp } from "./visitor.mjs";

const paper = (name) => ({ name: `${name}.pdf`, mimeType: "application/pdf", buffer: pdf(name) });
const today = () => new Date().toLocaleDateString("sv-SE", { timeZone: "Europe/Amsterdam" });

/** Fills in whom the foundation writes to, with the document that was shown. */
async function contact(page, heir, document) {
  await page.fill("[name=name]", `${heir.first} ${heir.last}`);
  await page.fill("[name=email]", heir.email);
  await page.setInputFiles("input[type=file]", paper(document));
}

export function heirTests(road) {
  const late = { email: `late.${road.email}`, first: "Gerrit", last: "Overleden" };
  const heir = { email: `heir.${road.email}`, first: "Hanna", last: "Erfgenaam" };
  let desk, number, report;

  test("an heir reports a death on the site, confirmed by a code, and staff see it", async () => {
    const page = await visitor(road.browser);
    number = await signUp(page, "verloren", late);
    desk = `/nl/beheer/verloren/deelname/${number}/vertegenwoordiging`;
    await open(page, "/nl/verloren");
    await Promise.all([page.waitForEvent("load"), page.locator("footer").getByRole("link", { name: "Overlijden melden" }).click()]);
    await press(page, "Verder");
    await assertErrorSummary(page, "a report of nothing");
    await sound(page, "report a death, with an error");
    await choose(page, "kind", "death");
    await fillIn(page, { name: `${late.first} ${late.last}`, number, by: `${heir.first} ${heir.last}`, email: heir.email });
    const [year, month, day] = today().split("-");
    await fillIn(page, { "died-day": day, "died-month": month, "died-year": year });
    await choose(page, "relation", "child");
    await press(page, "Verder");
    await page.locator("[name=code]").waitFor();
    await sound(page, "report a death, code");
    await page.fill("[name=code]", (await mailTo(heir.email, /code voor uw melding/)).match(/\b\d{6}\b/)[0]);
    await press(page, "Verstuur mijn melding");
    assert.match(await words(page), /Uw melding is binnen/);
    await sound(page, "report a death, done");
    await leave(page);
    const register = await member(road, "register");
    await open(register, "/nl/beheer/meldingen");
    await sound(register, "reports");
    await press(register, "Iemand is overleden");
    report = new URL(register.url()).pathname;
    await press(register, "Sluit de melding af");
    await assertErrorSummary(register, "a report without an end");
    await sound(register, "a report, with an error");
    await press(register, "Koppel en ga naar de deelname");
    assert.equal(await register.inputValue("[name=email] >> nth=0"), heir.email, "what was reported is filled in");
  });

  test("the register records a death, and the participation stands still", async () => {
    const register = await member(road, "register");
    await open(register, desk);
    await press(register, "Vastleggen en stilzetten");
    await assertErrorSummary(register, "a death without a date");
    await sound(register, "who represents somebody, with an error");
    await register.fill("[name=date]", today());
    await contact(register, heir, "akte");
    await press(register, "Vastleggen en stilzetten");
    assert.match(await words(register), /Het overlijden is vastgelegd[^]*Overleden op/);
    await sound(register, "a death, recorded");
    assert.match(await mailTo(heir.email, /erfgenamen/), /verklaring van erfrecht/);
    await open(register, report);
    await choose(register, "outcome", "recorded");
    await press(register, "Sluit de melding af");
    assert.match(await words(register), /Vastgelegd bij de deelname/);
  });

  test("one person proposes who represents the heirs, another looks at the document", async () => {
    const [register, lawyer] = [await member(road, "register"), await member(road, "lawyer")];
    await open(register, desk);
    await contact(register, heir, "verklaring");
    await choose(register, "scope", "all");
    await press(register, "Voorstellen");
    assert.match(await words(register), /Erfgenamen: wacht op een tweede medewerker/);
    assert.equal(await register.getByRole("button", { name: "laat ondertekenen" }).count(), 0, "one person proposes and accepts");
    await sound(register, "heirs, proposed");
    await open(lawyer, desk);
    await sound(lawyer, "heirs, to accept");
    await press(lawyer, /laat ondertekenen$/);
    assert.match(await words(lawyer), /Erfgenamen: wacht op de handtekening/);
    await sound(lawyer, "heirs, accepted");
  });

  test("who represents the heirs signs behind the mailed link, and has the case", async () => {
    const [link] = (await mailTo(heir.email, /^Onderteken/)).match(/\/nl\/mijn\/overname\/[\w-]+/);
    const page = await visitor(road.browser);
    await open(page, link);
    await takeOver(page, heir);
    assert.match(await words(page), /De deelname hoort bij u/);
    await sound(page, "taken over");
    await leave(page);
    const own = await participant(road.browser, heir.email);
    assert.match(await words(own), /VB-/);
    await sound(own, "my case, taken over");
    await leave(own);
  });
}

// The pages behind the link, each first sent without an answer.
async function takeOver(page, heir) {
  const before = await codesSoFar(heir.email);
  const steps = [
    ["Verder", () => page.fill("[name=email]", heir.email)],
    ["Verder", async () => page.fill("[name=code]", await codeFor(heir.email, before))],
    ["Verder", () => fillIn(page, { first_names: heir.first, last_name: heir.last })],
    ["Verder", () => fillIn(page, { postcode: "1234ab", house_number: "7", street: "Teststraat", city: "Teststad" })],
    [/^Onderteken/, async () => {
      await choose(page, "mandate");
      await choose(page, "agreement");
      await page.fill("[name=name]", `${heir.first} ${heir.last}`);
    }],
  ];
  for (const [button, answer] of steps) {
    const name = `takeover, ${new URL(page.url()).pathname.split("/").at(-1).replace(/^.{20,}$/, "start")}`;
    await press(page, button);
    await assertErrorSummary(page, name);
    await sound(page, `${name}, with an error`);
    await answer();
    await press(page, button);
  }
}

async function fillIn(page, values) {
  for (const [name, value] of Object.entries(values)) await page.fill(`[name=${name}]`, value);
}
