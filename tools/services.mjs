/* `npm run services`: starts PostgreSQL, Redis and Kafka, and runs each service as a process of its own. */
import { runProgram } from './run-program.mjs';

await runProgram('../apps/services/dist/main.js', 12_000);
