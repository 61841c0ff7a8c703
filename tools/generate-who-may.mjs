/* `npm run who-may`: writes docs/who-may.md from the table that the tests ask an installation. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
process.env.TS_NODE_PROJECT = join(root, 'tsconfig.base.json');
require('@swc-node/register');

writeFileSync(join(root, 'docs/who-may.md'), require('../apps/e2e/src/api/who-may/page.ts').whoMayPage());
