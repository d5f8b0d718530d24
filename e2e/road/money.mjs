// From the settlement to the bank file, by as many people as that takes; and the bank's statements.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cents, closing, statement } from "../lib/bank.mjs";
import { download, open } from "../lib/browser.mjs";
import { codeFor, codesSoFar, mailTo, member, press, words } from "../lib/demo.mjs";
import { samenclaim } from "../lib/program.mjs";
import { sound } from "../lib/sound.mjs";
import { move } from "./letter.mjs";

const reference = "ZOOM-SCHIKKING-2016";
const pot = 1_031_000_00;
const today = () => new Date().toLocaleDateString("sv-SE", { timeZone: "Europe/Amsterdam" });

/** Uploads a statement, looks at what it would book, and books it. */
async function book(page, name, buffer, look = async () => {}) {
  await open(page, "/nl/beheer/bank");
  await page.setInputFiles("input[type=file]", { name, mimeType: "text/xml", buffer });
  await press(page, "Upload en bekijk");
  await look(`${name}, preview`);
  await press(page, "Boek dit bestand");
  assert.match(await words(page), /^Gelukt:\s+Geboekt: /);
  await look(`${name}, booked`);
}

/** The amount of money in a file for the bank, and how the bank will name it. */
function order(pain) {
  const xml = pain.toString();
  return { batch: xml.match(/<PmtInfId>([^<]+)/)[1], count: Number(xml.match(/<NbOfTxs>(\d+)/)[1]), cents: -Math.round(Number(xml.match(/<CtrlSum>([\d.]+)/)[1]) * 100) };
}

export function moneyTests(road) {
  test("the bank's statement of the second claim is previewed and booked, and bank and books agree", async () => {
    const page = await member(road, "accountant");
    for (const part of ["schikking", "verdeling", "uitbetalingen", "uitbetalingen/1", "terugbetalingen"]) {
      await open(page, `/nl/beheer/fitband/${part}`);
      await sound(page, `money, fitband, ${part}`);
    }
    await open(page, "/nl/beheer/bank");
    await sound(page, "bank");
    await press(page, "Upload en bekijk");
    assert.match(await words(page), /Kies een bestand/);
    await sound(page, "bank, with an error");
    const file = await download(page, "/demo/afschrift.xml");
    await book(page, "afschrift.xml", file, (name) => sound(page, name));
    road.bank = closing(file.toString());
    await agree(page);
    await open(page, "/nl/beheer/fitband/uitbetalingen/1");
    assert.match(await words(page), /Teruggekomen betalingen/);
    await sound(page, "money, run with returns");
  });

  test("a settlement is proposed, recorded and accepted, each by two people", async () => {
    const [lawyer, board] = [await member(road, "lawyer"), await member(road, "board")];
    await open(lawyer, "/nl/beheer/zoom/zaak");
    await sound(lawyer, "case, negotiation");
    await move(lawyer, "zoom", "settlement_proposed", board, (name) => sound(lawyer, `case, ${name}`));
    await open(lawyer, "/nl/beheer/zoom/schikking");
    await press(lawyer, "Leg de voorwaarden vast");
    await sound(lawyer, "settlement, with an error");
    const [year, month, day] = today().split("-");
    await lawyer.check("[name=kind][value=settlement]", { force: true });
    for (const [name, value] of Object.entries({ reference, pot: "1031000,00", "agreed-day": day, "agreed-month": month, "agreed-year": year })) await lawyer.fill(`[name=${name}]`, value);
    await press(lawyer, "Leg de voorwaarden vast");
    assert.match(await words(lawyer), /Het geld is er nog niet/);
    await sound(lawyer, "settlement, recorded");
    await move(lawyer, "zoom", "settled", board);
    await sound(board, "case, settled");
  });

  test("the money comes in, and a line that nothing explains is matched by hand", async () => {
    const page = await member(road, "accountant");
    const lines = [{ cents: pot, text: `Betreft ${reference}`, name: "Zoom" }, { cents: 12_50, text: "Een gift", name: "A. Gever" }];
    await book(page, "schikking.xml", statement({ ...road.bank, serial: 3, day: today(), opening: road.bank.cents, lines }));
    road.bank.cents += pot + 12_50;
    await open(page, "/nl/beheer/bank");
    await sound(page, "bank, with an open line");
    await page.locator("main a[href*='/bank/regel/']").first().click();
    await page.waitForURL(/\/bank\/regel\//);
    await press(page, "Boek deze regel");
    await sound(page, "bank, line with an error");
    await page.locator("main input[name=match]").last().check({ force: true });
    await press(page, "Boek deze regel");
    await agree(page);
  });

  test("the accountant calculates, the board approves, and everybody is asked for an account", async () => {
    const [accountant, board] = [await member(road, "accountant"), await member(road, "board")];
    await open(accountant, "/nl/beheer/zoom/verdeling");
    await sound(accountant, "distribution, to calculate");
    await press(accountant, "Bereken de verdeling");
    assert.equal(await accountant.getByRole("button", { name: "Keur de verdeling goed" }).count(), 0, "one person calculates and approves");
    await sound(accountant, "distribution, calculated");
    await open(board, "/nl/beheer/zoom/verdeling");
    assert.equal(cents((await words(board)).match(/Te verdelen[^]*?€\s[\d.,]+/)[0]), pot);
    await sound(board, "distribution, to approve");
    await press(board, "Keur de verdeling goed");
    assert.match(await words(board), /De verdeling is goedgekeurd/);
    await mailTo(road.email, /rekeningnummer nodig/i);
  });

  test("the participant gives an account, and one is paid by three people", async () => {
    await open(road.page, `${road.home}/uitbetaling`);
    await road.page.fill("[name=iban]", "NL91 ABNA 0417 1643 01");
    await press(road.page, "Stuur mij een code");
    assert.match(await words(road.page), /klopt niet/);
    await sound(road.page, "my case, account that is wrong");
    await road.page.fill("[name=iban]", "NL91 ABNA 0417 1643 00");
    const before = await codesSoFar(road.email);
    await press(road.page, "Stuur mij een code");
    await sound(road.page, "my case, code for the account");
    await road.page.fill("[name=code]", await codeFor(road.email, before));
    await press(road.page, "Bewaar rekeningnummer");
    assert.match(await words(road.page), /Wij hebben uw rekeningnummer/);
    await sound(road.page, "my case, account");

    const [accountant, board, second] = [await member(road, "accountant"), await member(road, "board"), await member(road, "accountant2")];
    await open(board, "/nl/beheer/sancties");
    await sound(board, "sanctions list, none yet");
    const list = '<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-11-02"><sanctionEntity euReferenceNumber="EU.1.1" logicalId="1"><nameAlias wholeName="Niemand Verzonnen"/></sanctionEntity></export>';
    await board.setInputFiles("input[type=file]", { name: "lijst.xml", mimeType: "text/xml", buffer: Buffer.from(list) });
    await press(board, "Lees de lijst in");
    assert.match(await words(board), /De lijst van 2026-11-02 is ingelezen/);
    await sound(board, "sanctions list");
    await open(accountant, "/nl/beheer/zoom/uitbetalingen");
    await sound(accountant, "payouts, to prepare");
    await press(accountant, "Zet klaar");
    const run = new URL(accountant.url()).pathname;
    assert.equal(await accountant.getByRole("button", { name: "Keur goed" }).count(), 0, "one person prepares and approves");
    await sound(accountant, "run, prepared");
    await open(board, run);
    await press(board, "Keur goed");
    await sound(board, "run, with an error");
    const total = (await board.locator(".confirm-amount").innerText()).replace(/[€\s]/g, "");
    await board.fill("[name=total]", total);
    await press(board, "Keur goed");
    await sound(board, "run, approved");

    // The bank compares the name, and knows the account by nearly the same one.
    await open(accountant, run);
    const names = (await download(accountant, `${run}/namen.csv`)).toString().trim().split("\n");
    assert.equal(names.length, 2);
    await accountant.setInputFiles("input[type=file]", { name: "namen.csv", mimeType: "text/csv", buffer: Buffer.from(`Kenmerk;Resultaat;Naam\n${names[1].split(";")[0]};close match;A. Naam-Anders\n`) });
    await press(accountant, "Lees het bericht in");
    assert.match(await words(accountant), /Bijna gelijk: 1/);
    await sound(accountant, "run, names compared");
    await open(second, run);
    await second.fill("[name=total]", total);
    await press(second, "Geef vrij");
    assert.match(await words(second), /onder een andere naam/);
    await sound(second, "run, a name to decide on");
    await open(board, run);
    await board.fill("[name=reason]", "Meisjesnaam, gezien op de pas");
    await press(board, "Accepteer deze naam");
    await sound(board, "run, name accepted");
    await open(second, run);
    await second.fill("[name=total]", total);
    await press(second, "Geef vrij");
    await sound(second, "run, released");
    road.run = run;
    road.order = order(await download(second, await second.locator("main a[href*='/bestand/']").first().getAttribute("href")));
    assert.equal(-road.order.cents, cents(`€ ${total}`));
  });

  test("the bank pays, the participant sees it, and every cent is accounted for", async () => {
    const page = await member(road, "accountant");
    await book(page, "betaald.xml", statement({ ...road.bank, serial: 4, day: today(), opening: road.bank.cents, lines: [road.order] }));
    await agree(page);
    await open(page, road.run);
    assert.match(await words(page), /Verwerkt/);
    await open(road.page, `${road.home}/uitbetaling`);
    assert.match(await words(road.page), /Betaald/);
    await sound(road.page, "my case, paid out");
    await open(page, "/nl/beheer/boeken");
    const foot = page.locator("main tfoot tr").first();
    const [, debit, credit] = (await foot.innerText()).match(/(€\s[\d.,]+)\s+(€\s[\d.,]+)/);
    assert.equal(debit, credit, "the trial balance is out of balance");
    await sound(page, "books");
    assert.match((await download(page, "/nl/beheer/boeken/journaal.csv")).toString(), /\n/);
    assert.match((await download(page, "/nl/beheer/boeken/journaal.hledger")).toString(), /payout/);
    assert.match(await samenclaim("verify"), /^0 differences/m);
  });

  test("the accountant takes the books of a year, cards, open items, VAT and invoices, and the participant the invoice", async () => {
    const page = await member(road, "accountant");
    const year = today().slice(0, 4);
    for (const [path, what] of Object.entries({ "rekening/1000": /1000 Bank, derdengelden/, openstaand: /Geld van deelnemers/, btw: /Btw in de boeken/, regels: /prepayment:N:paid/, facturen: new RegExp(`${year}-0`), afsluiten: /Afgesloten/ })) {
      await open(page, `/nl/beheer/boeken/${path}`);
      assert.match(await words(page), what);
      await sound(page, `books, ${path.split("/")[0]}`);
    }
    await open(page, "/nl/beheer/boeken/facturen");
    await page.locator("main td a, main th a").first().click();
    await page.waitForURL(/\/facturen\/\d{4}-/);
    await sound(page, "books, an invoice");
    assert.match((await download(page, `${new URL(page.url()).pathname}/factuur.pdf`)).toString("latin1"), /^%PDF-/);
    for (const [file, begins] of Object.entries({ "werkboek.xlsx": /^PK/, "auditfile-4.0.xaf": /XmlauditfileXAF_4\.0/, "auditfile-3.2.xaf": /XAF\/3\.2/ })) {
      assert.match((await download(page, `/nl/beheer/boeken/jaar/${year}/${file}`)).toString("latin1"), begins);
    }
    await open(page, "/nl/beheer/zoom/verdeling");
    await sound(page, "distribution, with its audit pack");
    const dir = await mkdtemp(join(tmpdir(), "pack-"));
    try {
      const pack = join(dir, "controlepakket.zip");
      await writeFile(pack, await download(page, "/nl/beheer/zoom/verdeling/controlepakket.zip"));
      assert.match(await samenclaim("verify", pack), /klopt: verdeling/);
      await writeFile(pack, (await readFile(pack, "latin1")).replace("staff:", "stuff:"), "latin1");
      await assert.rejects(samenclaim("verify", pack), "an audit pack in which a name was changed is believed");
    } finally {
      await rm(dir, { recursive: true });
    }
    await open(road.page, `${road.home}/documenten`);
    await sound(road.page, "my case, documents with an invoice");
    await road.page.locator("#facturen a").first().click();
    await road.page.waitForURL(/\/facturen\//);
    assert.match(await words(road.page), /U hoeft niets te betalen/);
    await sound(road.page, "my case, invoice");
    assert.match((await download(road.page, `${new URL(road.page.url()).pathname}/factuur.pdf`)).toString("latin1"), /^%PDF-/);
  });

}

/** After all that goes through Mollie: what it pays out is gone there, so a refund after it would wait for other payments. */
export function mollieTests(road) {
  test("what Mollie pays out is read, found on the bank statement, and taken apart", async () => {
    const page = await member(road, "accountant");
    await open(page, "/nl/beheer/mollie");
    await sound(page, "mollie, nothing yet");
    await open(page, "/demo/mollie/");
    await press(page, "Betaal nu uit");
    await open(page, "/nl/beheer/mollie");
    await press(page, "Haal nu op");
    await sound(page, "mollie");
    const row = page.locator("main tbody tr").first();
    const [reference, amount] = [await row.locator("a").innerText(), cents(await row.locator("td").last().innerText())];
    await row.locator("a").click();
    await page.waitForURL(/\/mollie\/\d+$/);
    assert.match(await words(page), /nog niet/);
    await sound(page, "mollie, one payout");
    const here = page.url();
    await book(page, "mollie.xml", statement({ ...road.bank, serial: 5, day: today(), opening: road.bank.cents + road.order.cents, lines: [{ cents: amount, text: `Mollie ${reference}`, name: "Mollie" }] }));
    await open(page, new URL(here).pathname);
    assert.match(await words(page), /Op de bank\s+ja/);
    await agree(page);
    assert.match(await samenclaim("verify"), /^0 differences/m);
  });
}

/** Bank and books are the same, to the cent. */
async function agree(page) {
  await open(page, "/nl/beheer/bank");
  assert.match(await words(page), /Verschil\s+€\s0,00/);
}
