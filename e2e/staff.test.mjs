// Staff run the case: register, letter by two people, bank statement, books.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { launch, visitor } from "./lib/browser.mjs";
import { choose, member, press, sound } from "./lib/demo.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("the register is searched, and a person is only shown for a reason", async () => {
  const page = await member(browser, "register@samenclaim.example");
  await sound(page, "dashboard");
  await page.goto("/nl/beheer/zoom/register");
  await sound(page, "register");
  assert.equal(await page.locator("main tbody tr").count(), 50);
  const number = (await page.locator("main tbody tr").first().innerText()).match(/ZM-[0-9A-Z-]{9}/)[0];
  await page.fill("[name=term]", number);
  await press(page, "Zoeken");
  assert.doesNotMatch(page.url(), new RegExp(number));
  assert.equal(await page.locator("main tbody tr").count(), 1);
  await press(page, number);
  await sound(page, "participation, masked");
  const masked = await page.locator("main").innerText();
  await page.selectOption("[name=reason]", "call");
  await press(page, "Gegevens tonen");
  assert.notEqual(await page.locator("main").innerText(), masked);
  await sound(page, "participation");
  for (const part of ["zaak", "nieuws", "brieven"]) {
    await page.goto(`/nl/beheer/zoom/${part}`);
    await sound(page, part);
  }
  await page.context().close();
});

test("a role sees only what it may", async () => {
  const page = await member(browser, "intake@samenclaim.example");
  assert.equal((await page.goto("/nl/beheer/boeken")).status(), 403);
  await sound(page, "forbidden");
  await page.context().close();
});

test("the letter is drafted by the lawyer and sent by the board", async () => {
  const lawyer = await member(browser, "lawyer@samenclaim.example");
  await lawyer.goto("/nl/beheer/zoom/brieven");
  await choose(lawyer, "lang", "nl");
  await press(lawyer, "Nieuwe brief opstellen");
  const letter = lawyer.url();
  await sound(lawyer, "letter, draft");
  await lawyer.goto("/nl/beheer/zoom/zaak");
  await choose(lawyer, "to", "letter_ready");
  await lawyer.fill("[name=reason]", "De brief is klaar.");
  await press(lawyer, "Stap zetten");
  await sound(lawyer, "case, letter ready");
  await lawyer.goto(letter);
  await press(lawyer, "Voorstellen om te versturen");
  await sound(lawyer, "letter, proposed by oneself");
  await lawyer.context().close();

  const board = await member(browser, "board@samenclaim.example");
  await board.goto(letter);
  await sound(board, "letter, proposed");
  await press(board, "Vastleggen en versturen");
  assert.match(await board.locator("main").innerText(), /Wortel van de bijlage/);
  await sound(board, "letter, sent");
  await board.context().close();
});

test("the accountant books the bank's statement, and bank and books agree", async () => {
  const page = await member(browser, "accountant@samenclaim.example");
  for (const path of ["/nl/beheer/fitband/schikking", "/nl/beheer/fitband/verdeling", "/nl/beheer/fitband/uitbetalingen", "/nl/beheer/fitband/terugbetalingen", "/nl/beheer/bank", "/nl/beheer/boeken"]) {
    assert.equal((await page.goto(path)).status(), 200, path);
    await sound(page, path);
  }
  const file = await (await visitor(browser)).request.get("/demo/afschrift.xml");
  await page.goto("/nl/beheer/bank");
  await page.setInputFiles("input[type=file]", { name: "afschrift.xml", mimeType: "text/xml", buffer: await file.body() });
  await press(page, "Upload en bekijk");
  await sound(page, "statement, preview");
  await press(page, "Boek dit bestand");
  await page.goto("/nl/beheer/bank");
  assert.match(await page.locator("main").innerText(), /€\s0,00/);
  await sound(page, "bank, booked");
  await page.context().close();
});
