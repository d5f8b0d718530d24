// The whole road on the real demo, in one browser: from the claim page to bank and books that agree.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { launch } from "./lib/browser.mjs";
import { unvisited } from "./lib/routes.mjs";
import { findings } from "./lib/sound.mjs";
import { sharedTitles } from "./lib/structure.mjs";
import { clockTests } from "./road/clock.mjs";
import { consultationTests } from "./road/consultation.mjs";
import { erasureTests, mailLinkTests } from "./road/farewell.mjs";
import { handTests } from "./road/hands.mjs";
import { heirTests } from "./road/heirs.mjs";
import { lateTests } from "./road/late.mjs";
import { letterTests } from "./road/letter.mjs";
import { looksTests } from "./road/looks.mjs";
import { lostTests, newClaimTests } from "./road/lost.mjs";
import { mollieTests, moneyTests } from "./road/money.mjs";
import { mycaseTests } from "./road/mycase.mjs";
import { newsTests } from "./road/news.mjs";
import { publicTests } from "./road/public.mjs";
import { resumeTests } from "./road/resume.mjs";
import { staffTests } from "./road/staff.mjs";
import { verifierTests } from "./road/verifier.mjs";
import { visitorTests } from "./road/visitor.mjs";

// Two roads, each with a newcomer whom its tests follow and what they leave for each other. Who joins on the
// side does so first: the main road ends that.
const road = { email: `road.${Date.now()}@deelnemer.example`, first: "Renée", last: "O'Brien-d'Hondt" };
const side = { email: `side.${Date.now()}@deelnemer.example`, first: "Toets", last: "Klavier" };
let browser;

before(async () => { browser = road.browser = side.browser = await launch(); });
after(() => browser?.close());

describe("two roads at once", { concurrency: 2 }, () => {
  describe("to the money", { concurrency: 1 }, () => {
    for (const tests of [visitorTests, mycaseTests, staffTests, newsTests, letterTests, verifierTests, consultationTests, moneyTests]) tests(road);
  });
  describe("beside it", { concurrency: 1 }, () => {
    for (const tests of [clockTests, looksTests, resumeTests, handTests, newClaimTests, mailLinkTests, heirTests, publicTests, lateTests, lostTests, erasureTests]) tests(side);
  });
});

describe("after both", { concurrency: 1 }, () => mollieTests(road));

test("every page that was looked at is sound", async (t) => {
  const { faults, pages } = await findings();
  t.diagnostic(`${pages} pages looked at`);
  assert.deepEqual(faults, []);
});

test("no two pages have the same title", () => assert.deepEqual(sharedTitles(), []));

test("every page of the program was visited", () => assert.deepEqual(unvisited(), []));
