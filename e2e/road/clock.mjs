// Until when claims are preserved: the lawyer records a writ with its document, and takes it back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { download, open } from "../lib/browser.mjs";
import { choose, member, press, words } from "../lib/demo.mjs";
import { sound } from "../lib/sound.mjs";
import { pdf } from "./visitor.mjs";

export function clockTests(road) {
  test("a writ moves the dates of who had signed before it, and taking it back moves them back", async () => {
    const page = await member(road, "lawyer");
    const clock = "/nl/beheer/zoom/verjaring";
    await open(page, clock);
    assert.match(await words(page), /27 december 2027/);
    await sound(page, "limitation");
    await press(page, "Vastleggen");
    await sound(page, "limitation, with errors");
    await choose(page, "kind", "writ");
    await page.fill("[name=day]", new Date().toLocaleDateString("sv-SE", { timeZone: "Europe/Amsterdam" }));
    await page.fill("[name=note]", "Exploot van de deurwaarder");
    await page.setInputFiles("input[type=file]", { name: "exploot.pdf", mimeType: "application/pdf", buffer: pdf("exploot") });
    await press(page, "Vastleggen");
    assert.match(await words(page), /Dagvaarding[^]*Telt mee/);
    await sound(page, "limitation, with a writ");
    const [list] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /^Download de lijst/ }).click()]);
    assert.match(list.suggestedFilename(), /verjaring\.csv$/);
    await page.getByRole("link", { name: /deelnemers?$/ }).first().click();
    await sound(page, "limitation, one group");
    await open(page, clock);
    await page.getByRole("link", { name: "Dagvaarding", exact: true }).first().click();
    await sound(page, "limitation, one writ");
    assert.equal((await download(page, new URL(page.url()).pathname + "/stuk")).subarray(0, 5).toString(), "%PDF-");
    await page.fill("[name=reason]", "Toch niet betekend");
    await press(page, "Intrekken");
    assert.match(await words(page), /Ingetrokken/);
  });

  test("the writ is recorded, and has to stand in the central register within two days", async () => {
    const page = await member(road, "lawyer");
    const today = new Date().toLocaleDateString("sv-SE", { timeZone: "Europe/Amsterdam" });
    await open(page, "/nl/beheer/zoom/rol");
    await sound(page, "docket");
    await press(page, "Vastleggen");
    await sound(page, "docket, with errors");
    await choose(page, "step", "served");
    await page.fill("[name=day]", today);
    await page.fill("[name=note]", "Exploot van de deurwaarder");
    await page.setInputFiles("input[type=file]", { name: "exploot.pdf", mimeType: "application/pdf", buffer: pdf("exploot") });
    await press(page, "Vastleggen");
    assert.match(await words(page), /Dagvaarding inschrijven in het centraal register[^]*2 dagen/);
    await sound(page, "docket, with a writ");
    assert.match((await download(page, "/nl/beheer/zoom/rol/register.json")).toString(), /"register_number"/);
    const paper = await page.locator("main a[href$='/stuk']").first().getAttribute("href");
    assert.equal((await download(page, paper)).subarray(0, 5).toString(), "%PDF-");
    await open(page, "/nl/beheer");
    assert.match(await words(page), /Termijnen bij de rechter/);
    await sound(page, "start page, with a term before the court");
  });

  test("a fact is written by one and published by another, and the page of the claim cites it", async () => {
    const page = await member(road, "lawyer");
    const board = await member(road, "board");
    await open(page, "/nl/beheer/fitband/feiten");
    await sound(page, "facts");
    await press(page, "Nieuw feit");
    await sound(page, "new fact");
    await press(page, "Opslaan");
    await sound(page, "new fact, with errors");
    for (const [name, value] of Object.entries({
      statement_nl: "De band mat ook 's nachts.", statement_en: "The band measured at night as well.", quote: "Altijd aan.", source_nl: "Handleiding", source_en: "Manual",
      when_nl: "2022", when_en: "2022", url: "https://pulsara.example/handleiding", checked: "2026-01-15",
    })) await page.fill(`[name=${name}]`, value);
    await choose(page, "grade", "self-declared");
    await press(page, "Opslaan");
    assert.match(await words(page), /Iemand anders publiceert/);
    await sound(page, "fact, written by oneself");
    const fact = new URL(page.url()).pathname;
    await open(board, fact);
    await sound(board, "fact, to publish");
    await press(board, "Publiceren");
    assert.match(await words(board), /gepubliceerd/);
    await open(page, "/nl/fitband#feiten");
    await page.getByRole("link", { name: /Bekijk alle \d+ feiten/ }).click();
    assert.match(await words(page), /De band mat ook 's nachts/);
    await sound(page, "facts of a claim");
  });
}
