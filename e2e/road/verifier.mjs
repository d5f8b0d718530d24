// The page that checks receipts, from disk: it says what the program says, of good ones and of all that was altered.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { assertAccessible, assertNoSidewaysScroll } from "../lib/axe.mjs";
import { download, leave, open, screenshot, visitor } from "../lib/browser.mjs";
import { mailTo, member, press, words } from "../lib/demo.mjs";
import { samenclaim } from "../lib/program.mjs";
import { sound } from "../lib/sound.mjs";
import { assertTargets } from "../lib/structure.mjs";

const sha256 = (data) => createHash("sha256").update(data).digest();

/** What the program says of each file: "wrong" and a sentence, or "right" and all that it found, in both languages. */
async function programSays(dir, files, letter) {
  const args = ["verify", ...files.map((name) => join(dir, name)), ...(letter ? ["--letter", join(dir, letter)] : [])];
  const said = await samenclaim(...args).catch((e) => e.stdout); // it ends with 1 when anything is wrong
  const all = new Map(files.map((name) => [name, { nl: "", en: "" }]));
  for (const line of said.trim().split("\n")) {
    const [, path, what, sentence] = /^(.*?): (klopt NIET\.|NOT right\.|bewezen:|niet nagegaan:|proven:|left open:) (.*)$/.exec(line);
    all.get(basename(path))[/klopt|bewezen|nagegaan/.test(what) ? "nl" : "en"] += `${/niet n|left/.test(what) ? "open" : /klopt|NOT/.test(what) ? "wrong" : "proven"}: ${sentence}\n`;
  }
  return all;
}

/** What the page says of a file, in both languages. */
async function pageSays(page, file, letter) {
  await page.setInputFiles("#receipt", file);
  await page.setInputFiles("#letter", letter ? [letter] : []);
  await page.evaluate(() => document.querySelector("#result").replaceChildren());
  await page.click("#form button");
  await page.locator("#result > div").waitFor();
  const said = {};
  for (const lang of ["nl", "en"]) {
    await page.click(`#${lang}`);
    said[lang] = await page.evaluate(() => {
      const box = document.querySelector("#result > div");
      if (box.className === "wrong") return `wrong: ${box.querySelector("p").textContent}\n`;
      const kinds = { Bewezen: "proven", Proven: "proven", "Niet nagegaan": "open", "Left open": "open" };
      return [...box.querySelectorAll("li")].map((li) => `${kinds[li.parentElement.previousElementSibling.textContent]}: ${li.textContent}\n`).join("");
    });
  }
  return said;
}

/** The same without the form, for the many: what the page calculates from the bytes. */
async function pageCalculates(page, file, letter) {
  const [bytes, pdf] = [await readFile(file, "base64"), letter && (await readFile(letter, "base64"))];
  return page.evaluate(([a, b]) => {
    const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    try {
      const { proven, open } = window.verify(bytes(a), b && bytes(b));
      const said = (lang) => [...proven.map((w) => `proven: ${w[lang]}\n`), ...open.map((w) => `open: ${w[lang]}\n`)].join("");
      return { nl: said("nl"), en: said("en") };
    } catch ({ nl, en }) {
      return { nl: `wrong: ${nl}\n`, en: `wrong: ${en}\n` };
    }
  }, [bytes, pdf]);
}

/** Compares page and program on files, a few by the form, and says whether they have to be right. */
async function same(page, dir, files, letter, right) {
  const program = await programSays(dir, files, letter);
  for (const [i, name] of files.entries()) {
    const said = await (i % 16 ? pageCalculates : pageSays)(page, join(dir, name), letter && join(dir, letter));
    assert.deepEqual(said, program.get(name), `page and program do not say the same of ${name} beside ${letter}`);
    assert.equal(!/^wrong/.test(said.nl), right, `${name} beside ${letter}: ${said.nl}`);
  }
}

/** Every place in a file of JSON where a value stands. */
function places(value, path = []) {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, one]) => places(one, [...path, key]));
}

const otherValue = (v) => (typeof v === "number" ? v + 1 : v === "" ? "x" : v.slice(0, -1) + (v.endsWith("0") ? "1" : "0"));

/** The file with the value at a place changed. */
function altered(text, path) {
  const file = JSON.parse(text);
  const at = path.slice(0, -1).reduce((v, key) => v[key], file);
  at[path.at(-1)] = otherValue(at[path.at(-1)]);
  return file;
}

/** The check digits of a receipt, calculated anew as a forger would. */
function mended(r) {
  const quoted = Object.values(r.leaf.identity).map((v) => JSON.stringify(v)).join(" ");
  const parts = { foundation: r.foundation, defendant: r.defendant, claim: r.claim, number: r.number, "letter.ordinal": r.letter.ordinal, "letter.date": r.letter.date, "letter.cut_off": r.letter.cut_off,
    "letter.sha256": r.letter.sha256, "annex.algorithm": r.annex.algorithm, "annex.count": r.annex.count, "annex.root": r.annex.root, "leaf.mandate_sha256": r.leaf.mandate_sha256, "leaf.salt": r.leaf.salt,
    "leaf.identity": `{${quoted}}`, "leaf.commitment": r.leaf.commitment, "leaf.hash": r.leaf.hash, index: r.index, proof: r.proof.join("\n") };
  return { ...r, checksum: Object.entries(parts).map(([name, value]) => sha256(`samenclaim-receipt/1\n${name}\n${value}`).toString("hex", 0, 4)).join("-") };
}

const written = (file) => `${JSON.stringify(file, null, 2)}\n`;

/** Numbers that look drawn, the same every time. */
function drawn(seed) {
  let x = seed;
  return (most) => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return Math.floor((x / 2 ** 32) * most);
  };
}

/** Copies of a file with one byte altered somewhere. */
function flipped(bytes, count, seed) {
  const draw = drawn(seed);
  return Array.from({ length: count }, () => {
    const copy = Buffer.from(bytes);
    copy[draw(copy.length)] ^= 1 + draw(255);
    return copy;
  });
}

/** The receipt in many wrong forms, by name. */
function forgeries(bytes) {
  const text = bytes.toString(), good = JSON.parse(text), all = {};
  for (const path of places(good)) {
    all[`altered ${path.join(".")}`] = written(altered(text, path));
    if (!["checksum", "format"].includes(path[0])) all[`forged ${path.join(".")}`] = written(mended(altered(text, path)));
  }
  flipped(bytes, 40, 7).forEach((copy, i) => { all[`flipped ${i}`] = copy; });
  return Object.assign(all, {
    empty: "", "cut off": text.slice(0, -20), "without the last sign": text.slice(0, -1), "with a blank": ` ${text}`, "with a mark": `\ufeff${text}`, "on one line": JSON.stringify(good),
    "with more in it": written({ ...good, more: 1 }), "without a proof": written({ ...good, proof: null }), "with a number as text": written({ ...good, index: String(good.index) }),
    "with a fraction": text.replace(/"index": (\d+)/, '"index": $1.0'), "with a power": text.replace(/"index": (\d+)/, '"index": $1e0'), "of two numbers": text.replace(/("number": .*\n)/, "$1  $1"),
    "with another key": text.replace('"number"', '"Number"'), "with a list": `[${text.trim()}]\n`, "of another format": text.replace("receipt/1", "receipt/2"), "a word": "true\n", "an annex": "samenclaim,1\n",
    "position too far": written(mended({ ...good, index: good.annex.count })), "position before the first": written(mended({ ...good, index: -1 })), "a day that is none": written(mended({ ...good, letter: { ...good.letter, date: "2026-02-30" } })),
    "a moment elsewhere": written(mended({ ...good, letter: { ...good.letter, cut_off: good.letter.cut_off.replace("Z", "+00:00") } })), "a salt in capitals": written(mended({ ...good, leaf: { ...good.leaf, salt: good.leaf.salt.toUpperCase() } })),
    "a longer proof": written(mended({ ...good, proof: [...good.proof, good.leaf.hash] })), "a shorter proof": written(mended({ ...good, proof: good.proof.slice(1) })), "somebody else": written(mended({ ...good, leaf: { ...good.leaf, identity: { ...good.leaf.identity, family_name: "Σίσυφος İßﬁ\u00a0\u200b😀" } } })),
  });
}

/** The text of the code on a printed receipt. */
function printed(r) {
  const code = (...hex) => hex.map((h) => Buffer.from(h, "hex").toString("base64url")).join("");
  const body = `${["samenclaim-printed/1", r.foundation, r.defendant, r.claim, r.number, r.letter.ordinal, r.letter.date, r.letter.cut_off, r.annex.count, r.index,
    code(r.letter.sha256), code(r.annex.root), code(r.leaf.mandate_sha256), code(r.leaf.commitment), code(...r.proof)].join("\n")}\n`;
  return body + sha256(body).toString("hex", 0, 4);
}

async function keep(dir, files) {
  const names = [];
  for (const [i, content] of Object.values(files).entries()) {
    names.push(`${String(i).padStart(3, "0")}-${Object.keys(files)[i].replaceAll(/[^a-z0-9]+/gi, "-")}.json`);
    await writeFile(join(dir, names.at(-1)), content);
  }
  return names;
}

export function verifierTests(road) {
  let dir, page;

  test("everybody gets the page that checks receipts, and it is the one whose hash is told", async () => {
    const reader = await visitor(road.browser);
    await open(reader, "/nl/controleren");
    await sound(reader, "check a receipt");
    const file = await download(reader, "/nl/controleren/controlepagina.html");
    assert.match((await reader.locator("main").textContent()).replaceAll(/\s/g, ""), new RegExp(sha256(file).toString("hex")));
    await leave(reader);
    dir = await mkdtemp(join(tmpdir(), "verifier-"));
    await writeFile(join(dir, "page.html"), file);
    page = await (await road.browser.newContext({ offline: true, locale: "nl-NL" })).newPage();
    await page.goto(pathToFileURL(join(dir, "page.html")).href);
    for (const [width, colorScheme] of [[320, "light"], [1280, "light"], [320, "dark"]]) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.locator("summary").click();
      await assertNoSidewaysScroll(page, "the page from disk");
      await assertTargets(page, "the page from disk");
      await assertAccessible(page, `the page from disk, ${width}, ${colorScheme}`);
    }
  });

  test("from disk it says of a good receipt what the program says", async () => {
    const lawyer = await member(road, "lawyer");
    await open(lawyer, road.letter);
    await writeFile(join(dir, "letter.pdf"), await download(lawyer, await lawyer.locator("main a[href*='/bestand/letter_pdf']").getAttribute("href")));
    const receipt = await download(road.page, `${road.home}/documenten/ontvangstbewijs.json`);
    await writeFile(join(dir, "receipt.json"), receipt);
    await writeFile(join(dir, "printed.txt"), printed(JSON.parse(receipt)));
    assert.equal((await download(road.page, `${road.home}/documenten/ontvangstbewijs.pdf`)).subarray(0, 5).toString(), "%PDF-");
    for (const letter of [null, "letter.pdf"]) await same(page, dir, ["receipt.json", "printed.txt"], letter, true);
    await writeFile(join(dir, "strange.json"), await readFile(new URL("../../claims/letter/testdata/receipt_strange.json.golden", import.meta.url)));
    await same(page, dir, ["strange.json"], null, true);
    await same(page, dir, ["strange.json"], "letter.pdf", false);
    await page.click("#nl");
    await assertAccessible(page, "the page from disk, all right");
    if (process.env.PICTURES) await screenshot(page, "verifier, right");
  });

  test("a hundred altered receipts are caught, and named as the program names them", async () => {
    const names = await keep(dir, forgeries(await readFile(join(dir, "receipt.json"))));
    assert.ok(names.length >= 100, `only ${names.length}`);
    await same(page, dir, names, "letter.pdf", false);
    await assertAccessible(page, "the page from disk, something wrong");
    if (process.env.PICTURES) await screenshot(page, "verifier, wrong");
  });

  test("altered letters and codes are caught as well", async () => {
    const letter = await readFile(join(dir, "letter.pdf"));
    const letters = [...flipped(letter, 8, 11), letter.subarray(0, -1), Buffer.concat([letter, Buffer.from("\n")]), Buffer.from("%PDF-")];
    for (const [i, content] of letters.entries()) {
      await writeFile(join(dir, `letter-${i}.pdf`), content);
      await same(page, dir, ["receipt.json", "printed.txt"], `letter-${i}.pdf`, false);
    }
    const text = await readFile(join(dir, "printed.txt"));
    await same(page, dir, await keep(dir, Object.fromEntries(flipped(text, 25, 13).map((copy, i) => [`code ${i}`, copy]))), "letter.pdf", false);
  });

  test("the lawyer shows one name with proof, and that person is told", async () => {
    const lawyer = await member(road, "lawyer");
    await open(lawyer, `${road.letter}/namen`);
    await sound(lawyer, "show names");
    await lawyer.fill("main [name=numbers]", "ZM-2222-2222");
    await lawyer.fill("main [name=reason]", "Steekproef van de wederpartij");
    await press(lawyer, "Bestand met namen maken");
    assert.match(await words(lawyer), /niet in de bijlage[^]*ZM-2222-2222/);
    await sound(lawyer, "show names, with an error");
    await lawyer.fill("main [name=numbers]", road.number);
    await press(lawyer, "Bestand met namen maken");
    await sound(lawyer, "show names, done");
    const file = await download(lawyer, await lawyer.locator("main a[href*='/namen/']").first().getAttribute("href"));
    await writeFile(join(dir, "names.json"), file);
    for (const letter of [null, "letter.pdf"]) await same(page, dir, ["names.json"], letter, true);
    const wrong = Object.fromEntries(places(JSON.parse(file)).map((path) => [`names ${path.join(".")}`, written(altered(file, path))]));
    flipped(file, 20, 17).forEach((copy, i) => { wrong[`names flipped ${i}`] = copy; });
    await same(page, dir, await keep(dir, wrong), "letter.pdf", false);
    assert.doesNotMatch(await mailTo(road.email, /naam is getoond/), /Steekproef/);
    await open(road.page, `${road.home}/gegevens`);
    assert.match(await words(road.page), /getoond aan iemand buiten de stichting[^]*Steekproef van de wederpartij/);
    await sound(road.page, "my case, name shown");
    await page.context().close();
    await rm(dir, { recursive: true });
  });
}
