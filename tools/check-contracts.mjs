/*
 * A step of `npm test`: fails with one sentence for each change of a contract that a reader of the last release cannot
 * live with, and where contracts.lock.json is older than the contracts. With `release` (`npm run contracts:release`)
 * it writes the lock instead, unless something would break. What may change, and why: docs/adr/0007.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { contracts, findSurroundings } from './contract-surroundings.mjs';

const lock = fileURLToPath(new URL('../contracts.lock.json', import.meta.url));
const current = contracts.describeRelease(findSurroundings());
const { breaks, news } = compare();
const wrong = [...breaks, ...uninvited()];

if (wrong.length > 0) {
  say([
    ...wrong,
    'Keep what others read, or put the new beside it under a new name or version (docs/adr/0007).',
    'An event that is new, or a new version, is released once before it is written (docs/adr/0009).',
  ]);
  process.exitCode = 1;
} else if (process.argv[2] === 'release') {
  const text = JSON.stringify(current);
  writeFileSync(lock, await format(text, { ...(await resolveConfig(lock)), filepath: lock, objectWrap: 'collapse' }));
  say([...news, 'contracts.lock.json holds the contracts as they are now.']);
} else if (news.length > 0) {
  say([...news, 'contracts.lock.json is older than the contracts; nothing breaks. Run npm run contracts:release.']);
  process.exitCode = 1;
}

function compare() {
  if (!existsSync(lock)) return { breaks: [], news: ['There is no contracts.lock.json yet.'] };
  const last = contracts.releaseSchema.parse(JSON.parse(readFileSync(lock, 'utf8')));
  return contracts.compareReleases(last, current);
}

/** Calls that would be refused. */
function uninvited() {
  return Object.entries(current.operations).flatMap(([operation, { callers, allowed }]) =>
    callers
      .filter((service) => !allowed.includes(service))
      .map((service) => `${service} calls ${operation}, which does not name it as a caller.`),
  );
}

function say(sentences) {
  for (const sentence of sentences) console.log(sentence);
}
