/* `npm start`: runs every service in this process, on the embedded PostgreSQL. */
import { runProgram } from './run-program.mjs';

await runProgram('../apps/standalone/dist/main.js', 4_000);
