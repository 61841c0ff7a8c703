/*
 * Takes the README's picture of the real pages: `node tools/picture.mjs http://localhost:3000`, against an installation
 * in development mode. It creates a practice, lives a little in it, and photographs the activity.
 */
import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { findChromium } from './chromium.mjs';

const address = process.argv[2] ?? 'http://localhost:3000';
const picture = new URL('../docs/pictures/activity.png', import.meta.url).pathname;
const STEP = 30_000;

const email = `amara-${Date.now()}@riverside.example`;
const password = 'correct horse battery staple';

async function call(path, token, body) {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const reply = await fetch(address + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return reply.json();
}

const step = () => Math.floor(Date.now() / STEP);

/** RFC 6238 with SHA-1 and six digits. */
function codeOf(secret, at) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(at));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE(mac[mac.length - 1] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

async function answer(type, code) {
  const started = await call('/v1/sign-ins', null, { email, password });
  const { credentialId } = started.next.methods.find((method) => method.type === type);
  const path = `/v1/sign-ins/${started.signInId}/challenges`;
  const { challengeId } = await call(path, started.token, { credentialId });
  return call(`${path}/${challengeId}/answer`, started.token, { code });
}

async function nextCode(secret, used) {
  while (step() <= used) await pause(500);
  return codeOf(secret, step());
}

await call('/v1/organisations', null, {
  name: 'Riverside Surgery',
  preset: 'healthcode',
  manager: { name: 'Dr Amara Okafor', email, password },
});
const { token } = await call('/v1/sign-ins', null, { email, password });
const enrolment = await call('/v1/me/factors/totp/enrolments', token, {});
const enrolledAt = step();
const confirmation = `/v1/me/factors/totp/enrolments/${enrolment.enrolmentId}/confirmation`;
const { recoveryCodes } = await call(confirmation, token, { code: codeOf(enrolment.secret, enrolledAt) });
await call('/v1/sign-ins', null, { email, password: 'not the password' });
const code = await nextCode(enrolment.secret, enrolledAt);
const usedAt = step();
await answer('totp', code);
await answer('totp', code);
await answer('recovery-code', recoveryCodes[0]);

const browser = await chromium.launch({
  executablePath: await findChromium(),
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, locale: 'en-GB' });
await page.goto(address);
await page.getByLabel('Email', { exact: true }).fill(email);
await page.getByLabel('Password', { exact: true }).fill(password);
await page.getByRole('button', { name: 'Sign in' }).click();
await page.getByLabel('6-digit code').fill(await nextCode(enrolment.secret, usedAt));
await page.getByRole('button', { name: 'Continue' }).click();
await page.getByRole('link', { name: 'Activity' }).click();
await page.getByText('was already used').first().waitFor();
await page.screenshot({ path: picture });
await browser.close();
console.log(picture);
