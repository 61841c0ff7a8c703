/* `npm run dead-letters -- list | retry ID | discard ID --reason "…"`, while Cofactor runs. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const messaging = fileURLToPath(new URL('../libs/messaging/dist/index.js', import.meta.url));
if (!existsSync(messaging)) {
  console.error('Cofactor was never started here. Start it with npm start, then try again.');
  process.exit(1);
}
const { runDeadLettersCommand } = createRequire(import.meta.url)(messaging);
const home = resolve(process.env.COFACTOR_HOME ?? '.cofactor');
process.exitCode = await runDeadLettersCommand(process.argv.slice(2), home, (line) => console.log(line));
