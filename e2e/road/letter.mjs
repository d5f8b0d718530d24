// The claim letter: written by the lawyer, sent by the board, delivered, and provable by each participant.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { download, open } from "../lib/browser.mjs";
import { choose, mailTo, member, press, until, words } from "../lib/demo.mjs";
import { samenclaim } from "../lib/program.mjs";
import { sound } from "../lib/sound.mjs";
import { pdf } from "./visitor.mjs";

/** Proposes a step of a claim; whoever may then approves it. */
export async function move(page, slug, to, approver, look = async () => {}) {
  await open(page, `/nl/beheer/${slug}/zaak`);
  await choose(page, "to", to);
  await page.fill("[name=reason]", "Zo is besloten.");
  if (["won", "lost"].includes(to)) await page.fill("[name=final_on]", new Date().toLocaleDateString("sv-SE", { timeZone: "Europe/Amsterdam" }));
  if (["settled", "won", "lost"].includes(to)) await page.setInputFiles("[name=document]", { name: "vonnis.pdf", mimeType: "application/pdf", buffer: pdf("vonnis") });
  await press(page, "Stap zetten");
  if (!approver) return;
  await look("waits for a second person");
  await open(approver, `/nl/beheer/${slug}/zaak`);
  await press(approver, "Goedkeuren");
}

/** Declares a letter ready, proposes, approves, sends and delivers it; look is called with each page and its name. */
export async function sendLetter(road, slug, letter, look = async () => {}) {
  const [lawyer, board, second, register] = [await member(road, "lawyer"), await member(road, "board"), await member(road, "board2"), await member(road, "register")];
  await move(lawyer, slug, "letter_ready");
  await look(lawyer, "declared ready");
  await open(lawyer, letter);
  await press(lawyer, "Voorstellen om te versturen");
  await look(lawyer, "proposed by oneself");
  await open(board, letter);
  await look(board, "proposed");
  await press(board, "Goedkeuren");
  assert.equal(await board.getByRole("button", { name: "Vastleggen en versturen" }).count(), 0, "one of the board can approve and send");
  await look(board, "approved by oneself");
  await open(second, letter);
  await look(second, "approved by another");
  await press(second, "Vastleggen en versturen");
  await until("the letter is sent", async () => {
    await open(second, letter); // a letter to many leads to the page of its progress first
    return /Wortel van de bijlage/.test(await words(second));
  });
  await look(second, "sent");
  await open(second, `${letter}/voortgang`);
  assert.match(await words(second), /De brief is verstuurd/);
  await look(second, "progress");
  await open(register, letter);
  await press(register, "Bezorging vastleggen");
  await look(register, "delivery with an error");
  await choose(register, "channel", "registered_post");
  await register.fill("[name=date]", new Date().toLocaleDateString("sv-SE", { timeZone: "Europe/Amsterdam" }));
  await register.fill("[name=time]", "00:01");
  await register.setInputFiles("input[type=file]", { name: "bezorgd.pdf", mimeType: "application/pdf", buffer: pdf("bezorgd") });
  await press(register, "Bezorging vastleggen");
  assert.match(await words(register), /Bezorgd op/);
  assert.equal((await download(register, `${letter}/bezorgbewijs`)).subarray(0, 5).toString(), "%PDF-");
}

export function letterTests(road) {
  test("the lawyer words the letter, and a word that is missing is named", async () => {
    const page = await member(road, "lawyer");
    await open(page, "/nl/beheer/zoom/representativiteit");
    await sound(page, "representativeness");
    assert.match((await download(page, "/nl/beheer/zoom/representativiteit.csv")).toString(), /^country,month,signed/);
    await open(page, "/nl/beheer/zoom/brieven");
    await sound(page, "letters");
    await choose(page, "lang", "nl");
    await press(page, "Nieuwe brief opstellen");
    road.letter = new URL(page.url()).pathname;
    await sound(page, "letter, draft");
    assert.match((await download(page, `${road.letter}/voorbeeld.pdf`)).subarray(0, 5).toString(), /%PDF-/);
    await page.fill("main [name=place]", "");
    await press(page, "Opslaan");
    assert.match(await page.title(), /^Fout: /);
    assert.equal(await page.getByRole("button", { name: "Voorstellen om te versturen" }).count(), 0, "a letter with a mistake in it can be proposed");
    await sound(page, "letter, with an error");
    await page.fill("main [name=place]", "Utrecht");
    await choose(page, "mode", "root_only");
    await press(page, "Opslaan");
    assert.match(await words(page), /Alleen de wortelwaarde gaat mee[^]*Dat is een risico/);
    await sound(page, "letter, root only");
    await choose(page, "mode", "pseudonymous");
    await press(page, "Opslaan");
    assert.match(await words(page), /De brief is compleet[^]*Utrecht/);
  });

  test("two of the board approve and send it, and the register records the delivery", async () => {
    const looked = (page, name) => sound(page, `letter, ${name}`);
    await sendLetter(road, "zoom", road.letter, looked);
    const lawyer = await member(road, "lawyer");
    await open(lawyer, road.letter);
    assert.match(await words(lawyer), /Bezorgd/);
    await sound(lawyer, "letter, delivered");
    const files = lawyer.locator("main tr").filter({ has: lawyer.locator("a[href*='/bestand/']") });
    assert.equal(await files.count(), 3, "letter, and annex as PDF and CSV; the sealed one takes two people");
    for (const row of await files.all()) {
      const file = await download(lawyer, await row.getByRole("link").getAttribute("href"));
      assert.equal(createHash("sha256").update(file).digest("hex"), (await row.locator("td").last().innerText()).replaceAll(/\s/g, ""));
    }
  });

  test("the sealed list with names takes two people and a reason, and is taken once", async () => {
    const [lawyer, board] = [await member(road, "lawyer"), await member(road, "board")];
    await open(lawyer, road.letter);
    await press(lawyer, "Vragen om de lijst te openen");
    assert.match(await lawyer.title(), /^Fout: /);
    await sound(lawyer, "letter, sealed list without a reason");
    await lawyer.fill("main [name=reason]", "Steekproef op verzoek van de rechter");
    await press(lawyer, "Vragen om de lijst te openen");
    assert.equal(await lawyer.getByRole("button", { name: "Lijst ophalen" }).count(), 0, "the list is open before anybody approved it");
    await sound(lawyer, "letter, sealed list asked for");
    await open(board, road.letter);
    await sound(board, "letter, sealed list to approve");
    await press(board, "Openen goedkeuren");
    await open(lawyer, road.letter);
    await sound(lawyer, "letter, sealed list to take");
    const [file] = await Promise.all([lawyer.waitForEvent("download"), lawyer.getByRole("button", { name: "Lijst ophalen" }).click()]);
    assert.match((await readFile(await file.path())).subarray(0, 30).toString(), /^age-encryption/);
    await open(lawyer, road.letter);
    assert.match(await words(lawyer), /Opgehaald door Fatima el Idrissi, goedgekeurd door Annemiek Hovenier/);
    await sound(lawyer, "letter, sealed list taken");
  });

  test("the participant's receipt proves offline that the letter holds their number", async () => {
    await open(road.page, `${road.home}/documenten`);
    await sound(road.page, "my case, documents with a receipt");
    const lawyer = await member(road, "lawyer");
    await open(lawyer, road.letter);
    const dir = await mkdtemp(join(tmpdir(), "receipt-"));
    try {
      const [receipt, letter] = [join(dir, "receipt.json"), join(dir, "letter.pdf")];
      await writeFile(receipt, await download(road.page, `${road.home}/documenten/ontvangstbewijs.json`));
      await writeFile(letter, await download(lawyer, await lawyer.locator("main a[href*='/bestand/']").first().getAttribute("href")));
      assert.match(await samenclaim("verify", receipt, "--letter", letter), new RegExp(road.number));
      await writeFile(receipt, (await readFile(receipt, "utf8")).replaceAll(road.number, "ZM-2222-2222"));
      await assert.rejects(samenclaim("verify", receipt, "--letter", letter), "a receipt with another number is believed");
    } finally {
      await rm(dir, { recursive: true });
    }
    assert.match(await mailTo(road.email, /klachtbrief is aangekomen/i), /aangekomen/);
  });
}
