// Somebody follows the own case: evidence, prepayment, fee, data, documents, leaving.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertErrorSummary } from "../lib/axe.mjs";
import { download, leave, open, visitor } from "../lib/browser.mjs";
import { choose, claimants, codesSoFar, linkFor, mailTo, member, participant, press, sendEvidence, settled, words } from "../lib/demo.mjs";
import { sound } from "../lib/sound.mjs";
import { pdf } from "./visitor.mjs";

/** Opens a payment and lets it end, on the simulated Mollie; returns on the page that tells how it stands. */
export async function prepay(page, home, outcome, look = async () => {}) {
  await open(page, `${home}/betalen`);
  await press(page, /^Betaal €/);
  await look("on to Mollie");
  await press(page, "Naar betalen");
  await page.getByRole("button", { name: outcome, exact: true }).click();
  await page.waitForURL(/\/betaling\//);
}

/** Logs in with the link in the mail, which works in the browser that asked for it. */
async function logInByLink(browser, address) {
  const page = await visitor(browser);
  const before = await codesSoFar(address);
  await open(page, "/nl/mijn/inloggen");
  await page.fill("[name=email]", address);
  await press(page, /code/i);
  await open(page, await linkFor(address, before));
  await sound(page, "log-in by link");
  await press(page, /verder|inloggen|log in/i);
  return page;
}

/** The tests of my case; the pages of the newcomer stay open for the tests that follow. */
export function mycaseTests(road) {
  test("the participant logs in and sees every page of the case", async () => {
    const door = await visitor(road.browser);
    await open(door, "/nl/mijn/inloggen");
    await press(door, /code/i);
    await sound(door, "log-in, with an error");
    await door.fill("[name=email]", "nobody@deelnemer.example");
    await press(door, /code/i);
    await sound(door, "log-in, code");
    await leave(door);

    road.page = await participant(road.browser, road.email);
    road.home = new URL(road.page.url()).pathname;
    await sound(road.page, "my case");
    for (const part of ["gegevens", "gegevens/aanpassen", "gegevens/e-mailadres", "bewijs", "berichten", "vergoeding", "betalen", "toestemmingen", "documenten", "uitbetaling", "veiligheid", "rechten", "rechten/beperken", "rechten/beperken/bevestigen", "rechten/bezwaar", "rechten/bezwaar/bevestigen", "stoppen", "stoppen/beeindigen", "stoppen/beeindigen/bevestigen", "stoppen/herroepen", "stoppen/herroepen/bevestigen", "stoppen/opt-out", "stoppen/wissen", "stoppen/wissen/bevestigen"]) {
      await open(road.page, `${road.home}/${part}`);
      assert.equal(await road.page.locator("h1").count(), 1, part);
      await sound(road.page, `my case, ${part}`);
    }
    await open(road.page, "/nl/mijn");
  });

  test("evidence goes in, comes back the same, and is taken back", async () => {
    const { page, home } = road;
    await open(page, `${home}/bewijs`);
    await press(page, "Stuur bestanden");
    assert.match(await words(page), /Kies een bestand/);
    await sound(page, "my case, evidence with an error");
    await sendEvidence(page, "Stuur bestanden", { name: "rekening.pdf", mimeType: "application/pdf", buffer: pdf("rekening") });
    const row = page.locator("main tr").filter({ hasText: "rekening.pdf" });
    const back = await download(page, await row.getByRole("link", { name: /^Downloaden/ }).getAttribute("href"));
    assert.equal(back.subarray(0, 5).toString(), "%PDF-");
    await page.fill("[name=statement]", "Ik gebruikte het elke week voor overleg.");
    await press(page, "Stuur verklaring");
    await sound(page, "my case, evidence sent");
    await open(page, await row.getByRole("link", { name: /^Terugnemen/ }).getAttribute("href"));
    await sound(page, "my case, take evidence back");
    await press(page, "Terugnemen");
    assert.match(await words(page), /vernietigd/i);
  });

  test("several files go one by one with progress, and one is stopped on its way", async () => {
    const { page, home } = road;
    await open(page, `${home}/bewijs`);
    let sent = 0;
    await page.route(`**${home}/bewijs`, (route) => (route.request().method() === "POST" && ++sent === 1 ? undefined : route.continue())); // the first is never through
    await page.setInputFiles("input[type=file]", ["eerste", "tweede"].map((name) => ({ name: `${name}.pdf`, mimeType: "application/pdf", buffer: pdf(name) })));
    await page.locator("main").getByRole("button", { name: "Stuur bestanden", exact: true }).click();
    const first = page.locator("[data-uploads] li").first();
    assert.equal(await first.locator("progress").getAttribute("aria-label"), "eerste.pdf");
    await sound(page, "my case, sending evidence");
    await first.getByRole("button", { name: "Stoppen eerste.pdf" }).click();
    await page.locator('[data-refresh="sent"]').getByText("tweede.pdf").first().waitFor();
    assert.match(await first.innerText(), /Gestopt\. Niet bewaard/);
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await open(page, `${home}/bewijs`);
    assert.match(await words(page), /tweede\.pdf/);
    assert.doesNotMatch(await words(page), /eerste\.pdf/);
  });

  test("somebody asks something, staff answer, and the mail tells nothing of it", async () => {
    const { page, home } = road;
    await open(page, `${home}/berichten`);
    await press(page, "Verstuur bericht");
    await sound(page, "my case, messages with an error");
    await page.fill("[name=text]", "Klopt mijn adres bij u?");
    await press(page, "Verstuur bericht");
    assert.match(await words(page), /Uw bericht is verstuurd[^]*Klopt mijn adres bij u\?/);
    const desk = await member(road, "intake");
    await open(desk, "/nl/beheer/zoom/berichten");
    await sound(desk, "staff, messages");
    await open(desk, "/nl/beheer/zoom/berichten?stand=beantwoord");
    await sound(desk, "staff, messages answered");
    await open(desk, `/nl/beheer/zoom/deelname/${road.number}/berichten`);
    await press(desk, "Verstuur bericht");
    await sound(desk, "staff, an answer with an error");
    await press(desk, "Bewijs");
    assert.match(await desk.inputValue("[name=text]"), /^Beste/);
    await desk.fill("[name=text]", "Ja, dat klopt.");
    await press(desk, "Verstuur bericht");
    assert.match(await words(desk), /Het bericht is verstuurd/);
    await sound(desk, "staff, answered");
    assert.doesNotMatch(await mailTo(road.email, /nieuw bericht/), /klopt/);
    await open(page, home);
    assert.match(await words(page), /U hebt een nieuw bericht/);
    await sound(page, "my case, with a new message");
    await open(page, `${home}/berichten`);
    assert.match(await words(page), /Nieuw[^]*Ja, dat klopt\./);
    await sound(page, "my case, messages");
  });

  test("a prepayment ends in four ways, and the page tells the truth each time", async () => {
    const { page, home } = road;
    for (const [outcome, told] of [["Mislukt", /niet gelukt|mislukt/i], ["Geannuleerd", /geannuleerd|afgebroken/i], ["Verlopen", /verlopen/i], ["Betaald", /betaald/i]]) {
      await prepay(page, home, outcome, (name) => (outcome === "Mislukt" ? sound(page, `my case, ${name}`) : undefined));
      const text = await words(page);
      assert.match(text, told, outcome);
      await sound(page, `my case, prepayment ${outcome}`);
    }
    await open(page, `${home}/betalen`);
    assert.match(await words(page), /U hebt €\s50,00 vooruit betaald/);
    await sound(page, "my case, prepaid");
  });

  test("the fee is changed with a new signature, and the prepayment comes back once", async () => {
    const { page, home } = road;
    await open(page, `${home}/vergoeding`);
    await press(page, "Verder");
    await sound(page, "my case, fee with an error");
    await choose(page, "option", "percentage");
    await press(page, "Verder");
    assert.match(page.url(), /\/vergoeding\/ondertekenen/);
    await sound(page, "my case, fee, to sign");
    await choose(page, "mandate");
    await choose(page, "agreement");
    await page.fill("[name=name]", `${road.first} ${road.last}`);
    await press(page, /ondertekenen|onderteken/i);
    assert.match(await words(page), /20% van wat u krijgt/);
    await settled(page, `${home}/betalen`, /Terugbetaling[^]*(Aangevraagd|Bezig|Onderweg|Teruggestort)/);
    assert.equal((await words(page)).match(/Terugbetaling/g).length, 1);
    await sound(page, "my case, refund");
  });

  test("data are corrected at once, downloaded as one file, and consents go on and off", async () => {
    const { page, home } = road;
    await open(page, `${home}/gegevens/aanpassen`);
    await page.fill("[name=postcode]", "zonder");
    await press(page, "Opslaan");
    assert.match(await page.title(), /^Fout: /);
    await sound(page, "my case, data with an error");
    await page.fill("[name=postcode]", "1234 AB");
    await page.fill("[name=street]", "Nieuwe straat");
    await press(page, "Opslaan");
    assert.match(await words(page), /Nieuwe straat/);
    await press(page, "Vraag een kopie aan");
    await settled(page, `${home}/gegevens`, /Uw kopie staat klaar/);
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download de kopie" }).click()]);
    assert.match(file.suggestedFilename(), /\.zip$/);
    await open(page, `${home}/toestemmingen`);
    await press(page, /^Zet aan ?: Vraag mij/);
    assert.match(await words(page), /Aan sinds/);
    await press(page, /^Zet uit ?: Vraag mij/);
    await sound(page, "my case, consents");
    await open(page, `${home}/documenten`);
    await download(page, `${home}/documenten/volmacht.pdf`);
    await open(page, `${home}/documenten/volmacht`);
    await open(page, `${home}/documenten`);
    await press(page, /^Lees versie/);
    await sound(page, "my case, a text as it was");
  });

  test("a request about data is made once and has an answer from the privacy officer", async () => {
    const { page, home } = road;
    await open(page, `${home}/rechten/bezwaar/bevestigen`);
    await press(page, "Verstuur mijn bezwaar");
    await assertErrorSummary(page, "an objection without a ground");
    await sound(page, "my case, objection with an error");
    await choose(page, "ground", "situation");
    await page.fill("[name=words]", "Ik wil niet in een onderzoek.");
    await choose(page, "sure");
    await press(page, "Verstuur mijn bezwaar");
    assert.match(await words(page), /Wij kijken ernaar/);
    await sound(page, "my case, rights with a request");
    await mailTo(road.email, /verzoek over uw gegevens/);
    await press(page, "Bezwaar");
    const mine = new URL(page.url()).pathname;
    await sound(page, "my case, one request");
    const officer = await member(road, "privacy");
    await open(officer, "/nl/beheer");
    await open(officer, "/nl/beheer/rechten");
    await sound(officer, "requests about rights");
    await open(officer, `/nl/beheer/rechten/${mine.split("/").at(-1)}`);
    await press(officer, "Geef antwoord");
    await assertErrorSummary(officer, "an answer without a choice");
    await sound(officer, "a request about rights, with an error");
    await choose(officer, "granted", "yes");
    await officer.fill("[name=answer]", "Dat doen wij niet meer.");
    await press(officer, "Geef antwoord");
    await open(page, mine);
    assert.match(await words(page), /Toegewezen[^]*Dat doen wij niet meer/);
    await press(page, /^Stop hiermee/);
    assert.match(await words(page), /Afgelopen/);
  });

  test("somebody leaves, and a stranger's case is not found", async () => {
    const page = await logInByLink(road.browser, `plain.${road.email}`);
    const home = new URL(page.url()).pathname;
    await open(page, road.home, 404);
    await open(page, `${home}/stoppen/beeindigen/bevestigen`);
    await press(page, "Stop mijn deelname");
    await sound(page, "my case, leave with an error");
    await choose(page, "sure");
    await press(page, "Stop mijn deelname");
    assert.match(await words(page), /U bent gestopt/);
    await sound(page, "my case, left");
    await leave(page);
  });

  test("who waits for money sees the sum, the transfer and the statement", async () => {
    const [, , , paid, asked] = await claimants(road.browser);
    const page = await participant(road.browser, paid);
    const home = new URL(page.url()).pathname;
    for (const part of ["", "/uitbetaling", "/documenten", "/vergoeding"]) {
      await open(page, home + part);
      await sound(page, `my case, being paid ${part}`);
    }
    assert.equal((await download(page, `${home}/documenten/specificatie.pdf`)).subarray(0, 5).toString(), "%PDF-");
    await leave(page);
    const other = await participant(road.browser, asked);
    await open(other, `${new URL(other.url()).pathname}/uitbetaling`);
    await press(other, "Stuur mij een code");
    await sound(other, "my case, account with an error");
    await leave(other);
  });
}
