/* Writes docs/events.md from the built contracts. */
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';

const { eventCatalogue } = createRequire(import.meta.url)('../libs/contracts/dist/index.js');
writeFileSync(new URL('../docs/events.md', import.meta.url), eventCatalogue());
