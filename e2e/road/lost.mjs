// The other ending, on a claim of its own: it is lost, and who paid ahead gets all of it back, once.
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { download, leave, open, visitor } from "../lib/browser.mjs";
import { choose, mailTo, member, participant, press, settled, words } from "../lib/demo.mjs";
import { samenclaim } from "../lib/program.mjs";
import { sound } from "../lib/sound.mjs";
import { move, sendLetter } from "./letter.mjs";
import { prepay } from "./mycase.mjs";

const content = fileURLToPath(new URL("../../cmd/samenclaim/demo/", import.meta.url));

// Three more claims, made as a foundation makes them: data in files. The facts of one are forgotten; of one, who is late pays ahead.
const claims = [{ slug: "verloren", number_prefix: "VB" }, { slug: "zonder-feiten", number_prefix: "ZF", facts: [] },
  { slug: "te-laat", number_prefix: "TL", late_policy: "paid", late_price_cents: 2000 }];

async function importClaims() {
  const dir = await mkdtemp(join(tmpdir(), "content-"));
  try {
    await cp(join(content, "foundation.json"), join(dir, "foundation.json"));
    await cp(join(content, "logo.svg"), join(dir, "logo.svg"));
    const like = JSON.parse(await readFile(join(content, "claims/fitband.json"), "utf8"));
    for (const one of claims) {
      await cp(join(content, "claims/fitband"), join(dir, "claims", one.slug), { recursive: true });
      await writeFile(join(dir, "claims", `${one.slug}.json`), JSON.stringify({ ...like, ...one }));
    }
    return await samenclaim("content", "import", dir, "--yes");
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** Drafts the next letter of a claim and returns its page. */
export const draft = async (page, slug) => {
  await open(page, `/nl/beheer/${slug}/brieven`);
  await choose(page, "lang", "nl");
  await press(page, "Nieuwe brief opstellen");
  return new URL(page.url()).pathname;
};

/** The tests of how a claim begins; who takes part in it is kept in road.who. */
export function newClaimTests(road) {
  road.who = { email: `lost.${road.email}`, first: "Anna", last: "Verliezer" };

  test("a foundation adds a claim without touching code, and opens it with two people", async () => {
    assert.match(await importClaims(), /claim verloren/);
    const [lawyer, board] = [await member(road, "lawyer"), await member(road, "board")];
    for (const { slug } of claims) await move(lawyer, slug, "open", board);
    const page = await visitor(road.browser);
    await open(page, "/nl/verloren");
    assert.match(await words(page), /Doe mee/);
    await leave(page);
  });

  test("a letter without facts cannot be proposed, and the case says why", async () => {
    const page = await member(road, "lawyer");
    await draft(page, "zonder-feiten");
    assert.match(await words(page), /Dit ontbreekt nog[^]*geen feiten/);
    assert.equal(await page.getByRole("button", { name: "Voorstellen om te versturen" }).count(), 0);
    await sound(page, "letter, with something missing");
    await open(page, "/nl/beheer/zonder-feiten/zaak");
    assert.match(await words(page), /Nog niet mogelijk: er is geen klachtbrief klaar, of er ontbreekt iets in/);
    await sound(page, "case, with a step that is closed");
  });
}

/** The test of how it ends. */
export function lostTests(road) {
  test("the claim is lost: every prepayment goes back once, and the pages show it", async () => {
    const page = await participant(road.browser, road.who.email);
    const home = new URL(page.url()).pathname;
    await prepay(page, home, "Betaald");

    const [lawyer, board] = [await member(road, "lawyer"), await member(road, "board")];
    await sendLetter(road, "verloren", await draft(lawyer, "verloren"));
    await move(lawyer, "verloren", "litigation", board);
    await move(lawyer, "verloren", "lost", board);
    assert.match(await words(board), /Terugbetal/);
    await sound(board, "case, lost");
    const judgment = await board.locator("main").getByRole("link", { name: "Document" }).first().getAttribute("href");
    assert.match((await download(board, judgment)).subarray(0, 5).toString(), /%PDF-/);
    await mailTo(road.who.email, /verloren|afgelopen|terug/i);
    await settled(page, `${home}/betalen`, /Terugbetaling[^]*(Bezig|Onderweg)/);
    await open(board, "/demo/mollie/");
    await sound(board, "simulated Mollie");
    await board.getByRole("button", { name: "Verwerk nu alles" }).click();
    await settled(page, `${home}/betalen`, /Terugbetaling[^]*Teruggestort/);
    assert.equal((await words(page)).match(/Terugbetaling/g).length, 1);
    await sound(page, "my case, lost and refunded");
    await open(page, home);
    await sound(page, "my case, lost");
    road.loser = page;
    await settled(board, "/nl/beheer/verloren/terugbetalingen", /Terugbetaald\s+€\s40,00/);
    await sound(board, "refunds");
  });
}
