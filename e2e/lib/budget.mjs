// What a first view of a page may cost (W15): bytes, requests, hosts, and how much of it jumps.
import assert from "node:assert/strict";

const most = { bytes: 100_000, requests: 8, shift: 0.05 };

/** Opens a page as if nothing of the site was ever loaded, and fails when that costs more than it may. */
export async function assertBudget(page, path) {
  const tap = await page.context().newCDPSession(page);
  await tap.send("Network.enable");
  await tap.send("Network.setCacheDisabled", { cacheDisabled: true });
  const cost = { bytes: 0, requests: [] };
  tap.on("Network.requestWillBeSent", ({ request }) => cost.requests.push(request.url));
  tap.on("Network.loadingFinished", ({ encodedDataLength }) => { cost.bytes += encodedDataLength; });
  await page.goto(path, { waitUntil: "networkidle" });
  cost.shift = await page.evaluate(shifted);
  await tap.detach();
  const host = new URL(page.url()).host;
  assert.ok(cost.bytes > 5_000, `${path}: nothing was measured`);
  assert.ok(cost.bytes <= most.bytes, `${path}: ${cost.bytes} bytes`);
  assert.ok(cost.requests.length <= most.requests, `${path}: ${cost.requests.join(" ")}`);
  assert.deepEqual(cost.requests.filter((url) => new URL(url).host !== host), [], `${path}: other hosts`);
  assert.ok(cost.shift < most.shift, `${path}: ${cost.shift} of the page jumps`);
  return { path, bytes: cost.bytes, requests: cost.requests.length, shift: cost.shift };
}

// Runs in the page: the sum of all shifts so far.
async function shifted() {
  await document.fonts.ready;
  let sum = 0;
  const add = (entries) => { for (const one of entries) sum += one.value; };
  const watcher = new PerformanceObserver((list) => add(list.getEntries()));
  watcher.observe({ type: "layout-shift", buffered: true });
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  add(watcher.takeRecords());
  return sum;
}
