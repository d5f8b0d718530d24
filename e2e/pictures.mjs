// Makes the pictures of the README again, from a fresh demo: npm --prefix e2e run pictures
import { fileURLToPath } from "node:url";
import { launch, open, visitor } from "./lib/browser.mjs";
import { claimants, member, participant } from "./lib/demo.mjs";

const folder = fileURLToPath(new URL("../docs/pictures/", import.meta.url));
const browser = await launch();
const road = { browser };

/** Writes the top of a page, without the banner of the demo, cut off below height. */
async function picture(page, path, name, { height = 760, width = 1120, from } = {}) {
  await page.setViewportSize({ width, height });
  await open(page, path);
  await page.evaluate(() => document.querySelector(".demo")?.remove());
  if (from) await page.locator(from).first().evaluate((part) => window.scrollTo(0, part.getBoundingClientRect().top - 24));
  await page.screenshot({ path: `${folder}${name}.png` });
}

const reader = await visitor(browser);
await picture(reader, "/nl/zoom", "claim");
await picture(reader, "/nl/zoom", "claim-phone", { width: 390, height: 760 });

const [, , , paid] = await claimants(browser);
const owner = await participant(browser, paid);
const home = new URL(owner.url()).pathname;
await picture(owner, home, "my-case", { height: 820 });
await picture(owner, `${home}/uitbetaling`, "payout");

const register = await member(road, "register");
await picture(register, "/nl/beheer/zoom/register", "register");
const lawyer = await member(road, "lawyer");
await picture(lawyer, "/nl/beheer/fitband/brieven/1", "letter", { height: 900 });
const accountant = await member(road, "accountant");
await picture(accountant, "/nl/beheer/fitband/verdeling", "distribution", { height: 860 });
await picture(accountant, "/nl/beheer/fitband/uitbetalingen/1", "run", { height: 820 });
await picture(accountant, "/nl/beheer/bank", "bank", { height: 700 });
await browser.close();
