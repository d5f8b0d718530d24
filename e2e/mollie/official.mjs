// Mollie's own client against our simulated Mollie: payments, refunds, chargebacks, settlements, methods, and
// walking through pages. A Go test starts the simulator and runs this; see payments/mollie/mollietest.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const https = require("node:https");
const root = process.env.SIMULATOR;
const simulator = `${root}mollie/`;

// The client brings its own list of authorities; the certificate of the test goes with them.
const ours = readFileSync(process.env.NODE_EXTRA_CA_CERTS, "utf8");
https.Agent = class extends https.Agent {
  constructor(options = {}) { super({ ...options, ca: [options.ca ?? [], ours].flat() }); }
};
const { createMollieClient } = require("@mollie/api-client");
const mollie = createMollieClient({ apiKey: "test_simulationsimulationsimulation", apiEndpoint: `${simulator}v2/` });
const office = createMollieClient({ accessToken: "access_simulationsimulation", apiEndpoint: `${simulator}v2/` });
const testmode = true;

const post = async (path, fields = {}) => {
  const answer = await fetch(path, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
  assert.ok(answer.status < 400, `${path} answers ${answer.status}`);
};
const pay = (id, status) => post(`${simulator}checkout/${id}`, { status });
const all = async (list) => { const found = []; for await (const one of list) found.push(one); return found; };
const order = (n) => ({
  amount: { currency: "EUR", value: "50.00" }, description: `Vergoeding ${n}`, redirectUrl: "https://claim.test/terug", metadata: { ref: `R${n}` },
});

async function payments() {
  const made = await mollie.payments.create(order(1));
  assert.equal(made.status, "open");
  assert.deepEqual(made.metadata, { ref: "R1" });
  assert.deepEqual(made.amount, { currency: "EUR", value: "50.00" });
  assert.equal(made.getCheckoutUrl(), `${simulator}checkout/${made.id}`);
  await pay(made.id, "paid");
  const paid = await mollie.payments.get(made.id);
  assert.equal(paid.status, "paid");
  assert.equal(paid.getCheckoutUrl(), null);
  assert.ok(paid.paidAt);
  assert.equal(paid.amountRemaining.value, "50.00");

  const dropped = await mollie.payments.create(order(2));
  assert.equal((await mollie.payments.cancel(dropped.id)).status, "canceled");
  await assert.rejects(mollie.payments.cancel(dropped.id), (err) => err.statusCode === 422);
  await assert.rejects(mollie.payments.get("tr_doesnotexist"), (err) => err.statusCode === 404 && err.title === "Not Found" && err.links.documentation.href !== "");
  await assert.rejects(mollie.payments.create({ ...order(3), amount: { currency: "EUR", value: "5" } }), (err) => err.statusCode === 422 && err.field === "amount");
  return made.id;
}

async function refunds(paymentId) {
  const wish = { paymentId, amount: { currency: "EUR", value: "20.00" }, description: "Terug", metadata: { ref: "T1" } };
  const made = await mollie.paymentRefunds.create(wish);
  assert.equal(made.status, "pending");
  await assert.rejects(mollie.paymentRefunds.create(wish), (err) => err.statusCode === 409); // another key, the same refund
  const second = await mollie.paymentRefunds.create({ ...wish, amount: { currency: "EUR", value: "5.00" } });
  await mollie.paymentRefunds.cancel(second.id, { paymentId });
  await assert.rejects(mollie.paymentRefunds.get(second.id, { paymentId }), (err) => err.statusCode === 404);
  await assert.rejects(mollie.paymentRefunds.create({ ...wish, amount: { currency: "EUR", value: "30.01" } }), (err) => err.statusCode === 422 && err.field === "amount");
  for (const [hours, status] of [[1, "pending"], [1, "processing"], [24, "refunded"]]) {
    await post(`${root}clock/${hours}`);
    assert.equal((await mollie.paymentRefunds.get(made.id, { paymentId })).status, status);
  }
  assert.equal((await mollie.payments.get(paymentId)).amountRefunded.value, "20.00");
  assert.deepEqual((await all(mollie.paymentRefunds.iterate({ paymentId }))).map((one) => one.id), [made.id]);
  assert.deepEqual((await all(mollie.refunds.iterate())).map((one) => one.paymentId), [paymentId]);
}

async function chargebacks() {
  const { id: paymentId } = await mollie.payments.create(order(4));
  await pay(paymentId, "paid");
  await post(`${simulator}actions/payment/${paymentId}/chargeback`);
  const [one] = await all(mollie.paymentChargebacks.iterate({ paymentId }));
  assert.equal(one.amount.value, "50.00");
  assert.equal(one.reversedAt, null);
  assert.equal((await mollie.payments.get(paymentId)).status, "paid"); // a chargeback never changes the status
  assert.equal((await mollie.payments.get(paymentId)).amountChargedBack.value, "50.00");
  const [first] = await settled();
  assert.equal((await all(office.settlementChargebacks.iterate({ settlementId: first.id, testmode })))[0].settlementAmount.value, "-50.00");
  await post(`${simulator}actions/payment/${paymentId}/reversal`);
  const after = await mollie.paymentChargebacks.get(one.id, { paymentId });
  assert.ok(after.reversedAt);
  assert.deepEqual((await all(mollie.chargebacks.iterate())).map((found) => found.id), [one.id]);
}

async function settled() {
  await post(`${simulator}actions/settle`);
  return await all(office.settlements.iterate({ testmode }));
}

async function settlements() {
  assert.equal((await office.settlements.getOpen({ testmode })).id, "open");
  const late = await mollie.payments.create(order(5));
  await pay(late.id, "paid");
  await assert.rejects(mollie.settlements.page(), (err) => err.statusCode === 403); // a key does not open them
  const [made, before] = await settled();
  assert.equal(made.status, "paidout");
  assert.match(made.reference, /^\d+\.\d{4}\.\d{2}$/);
  assert.equal((await office.settlements.get(made.reference, { testmode })).id, made.id);
  const month = Object.values(Object.values(made.periods)[0])[0];
  const exact = ({ value }) => { assert.match(value, /^-?\d+\.\d{4}$/); return BigInt(value.replace(".", "")); };
  const sum = (lines) => lines.reduce((total, line) => total + exact(line.amountGross), 0n);
  const net = sum(month.revenue) - sum(month.costs); // in ten-thousandths
  assert.equal((net + 50n) / 100n, BigInt(made.amount.value.replace(".", "")));
  const cents = (list) => list.reduce((total, one) => total + BigInt((one.settlementAmount ?? one.amount).value.replace(".", "")), 0n);
  const lists = async (settlementId) => await Promise.all(["Payments", "Refunds", "Chargebacks", "Captures"]
    .map((name) => all(office[`settlement${name}`].iterate({ settlementId, testmode }))));
  assert.deepEqual((await lists(before.id)).map((list) => list.length), [2, 1, 1, 0]);
  const now = await lists(made.id);
  assert.deepEqual(now.map((list) => list.length), [1, 0, 1, 0]);
  assert.equal(now[2][0].settlementAmount.value, "50.00"); // the chargeback came back
  assert.equal(cents(now.flat()) * 100n, sum(month.revenue));
}

async function pages() {
  for (let n = 100; n < 112; n++) await mollie.payments.create(order(n));
  const first = await mollie.payments.page({ limit: 5 });
  assert.equal(first.length, 5);
  assert.equal(first[0].metadata.ref, "R111"); // the newest first
  const second = await first.nextPage();
  assert.equal(second[0].metadata.ref, "R106");
  assert.equal((await second.previousPage())[0].id, first[0].id);
  const found = await all(mollie.payments.iterate({ limit: 5 }));
  assert.equal(new Set(found.map((one) => one.id)).size, found.length);
  assert.equal(found.length, 16);
  await assert.rejects(mollie.payments.page({ from: "tr_nowhere" }), (err) => err.statusCode === 400 && err.field === "from");
}

async function methods() {
  const list = await mollie.methods.list();
  assert.ok(list.some((one) => one.id === "ideal"));
  assert.equal((await mollie.methods.get("ideal")).description, "iDEAL");
}

// The client tries again by itself, with the same key: one payment comes of it.
async function illness() {
  const before = (await all(mollie.payments.iterate())).length;
  await post(`${root}fault/500`);
  await mollie.payments.create(order(200));
  assert.equal((await all(mollie.payments.iterate())).length, before + 1);
  const idempotencyKey = "0c6a1d0e-6f0b-4a55-8f0e-6f2b6f7c7a01";
  const one = await mollie.payments.create({ ...order(201), idempotencyKey });
  assert.equal((await mollie.payments.create({ ...order(201), idempotencyKey })).id, one.id);
}

const paymentId = await payments();
await refunds(paymentId);
await chargebacks();
await settlements();
await pages();
await methods();
await illness();
console.log("the official client is content");
