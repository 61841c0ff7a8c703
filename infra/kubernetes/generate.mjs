/*
 * `npm run kubernetes`: writes base/<process>.yaml and migrations/<database>.yaml, from the ports and settings of the
 * code. What an installation decides is no part of it: see overlays/example. tools/kubernetes.int.spec.cjs fails where
 * the files are older than the code.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const require = createRequire(import.meta.url);
process.env.TS_NODE_PROJECT = join(here, '../../tsconfig.base.json');
require('@swc-node/register');

const files = require('./manifests.cjs').files();
for (const [path, text] of Object.entries(files)) writeFileSync(join(here, path), text);
console.log(`Wrote ${Object.keys(files).join(', ')}.`);
