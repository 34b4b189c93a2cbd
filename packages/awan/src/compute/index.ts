/** Function execution: see `runner.ts`. */
export { createRunner, type RunnerOptions } from "./runner.ts";
