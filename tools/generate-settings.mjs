/* `npm run settings`: writes docs/settings.md from the schemas that the processes read their settings by. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
process.env.TS_NODE_PROJECT = join(root, 'tsconfig.base.json');
require('@swc-node/register');

writeFileSync(join(root, 'docs/settings.md'), require('./settings-page.cjs').settingsPage());
