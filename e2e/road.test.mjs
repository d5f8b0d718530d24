// The whole road on the real demo, in one browser: from the claim page to bank and books that agree.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { launch } from "./lib/browser.mjs";
import { unvisited } from "./lib/routes.mjs";
import { findings } from "./lib/sound.mjs";
import { sharedTitles } from "./lib/structure.mjs";
import { handTests } from "./road/hands.mjs";
import { letterTests } from "./road/letter.mjs";
import { lostTests } from "./road/lost.mjs";
import { moneyTests } from "./road/money.mjs";
import { mycaseTests } from "./road/mycase.mjs";
import { resumeTests } from "./road/resume.mjs";
import { staffTests } from "./road/staff.mjs";
import { visitorTests } from "./road/visitor.mjs";

// Pages that need a mailed link or a file that the road has none of yet: the tests of web/ walk them, no browser does.
const walkedInGo = [
  "/:lang/beheer/:slug/deelname/:number/bewijs/:eref",
  "/:lang/beheer/:slug/deelname/:number/bewijs/:eref/blad/:page",
  "/:lang/mijn/adres/:token",
  "/:lang/mijn/gewist",
  "/:lang/mijn/overname/:token",
  "/:lang/mijn/overname/:token/code",
  "/:lang/mijn/overname/:token/naam",
  "/:lang/mijn/overname/:token/adres",
  "/:lang/mijn/overname/:token/ondertekenen",
  "/:lang/mijn/overname/:token/klaar",
  "/:lang/afmelden/:token",
];

// Two roads, each with a newcomer whom its tests follow and what they leave for each other.
const road = { email: `road.${Date.now()}@deelnemer.example`, first: "Renée", last: "O'Brien-d'Hondt" };
const side = { email: `side.${Date.now()}@deelnemer.example`, first: "Toets", last: "Klavier" };
let browser;

before(async () => { browser = road.browser = side.browser = await launch(); });
after(() => browser?.close());

describe("two roads at once", { concurrency: 2 }, () => {
  describe("to the money", { concurrency: 1 }, () => {
    for (const tests of [visitorTests, mycaseTests, staffTests, letterTests, moneyTests]) tests(road);
  });
  describe("beside it", { concurrency: 1 }, () => {
    for (const tests of [handTests, resumeTests, lostTests]) tests(side); // a newcomer joins before the other road ends that
  });
});

test("every page that was looked at is sound", async (t) => {
  const { faults, pages } = await findings();
  t.diagnostic(`${pages} pages looked at`);
  assert.deepEqual(faults, []);
});

test("no two pages have the same title", () => assert.deepEqual(sharedTitles(), []));

test("every page of the program was visited", () => assert.deepEqual(unvisited().sort(), [...walkedInGo].sort()));
