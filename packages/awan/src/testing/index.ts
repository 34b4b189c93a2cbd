/**
 * What users' tests import: an application deployed in this process, with its clock, its chance and its faults in the
 * test's hands and real SDK clients that reach it without leaving the process.
 */
export { startApp } from "./start-app.ts";
export type { StartAppOptions } from "./options.ts";
export type { App, AppFunction, AppNames, ForkOptions, Snapshot, TracedResponse } from "./app.ts";
export type { AppClock } from "./app-clock.ts";
export type { AppFaults, FaultBuilder } from "./app-faults.ts";
export type { FunctionCall, Mock, MockContext } from "./functions.ts";
export type { AppQueue, AppTable, AppTopic, QueueMessage } from "./inspect.ts";
export type { Trace, TraceNode } from "./trace.ts";
export type { Cost } from "./cost.ts";
export { type AwanMatchers, matchers } from "./matchers.ts";
export { NotSettledError } from "./settle.ts";
export type { FaultOptions, FaultProfile } from "../host/faults.ts";
export {
  explore,
  ExplorationError,
  type Exploration,
  type ExploredTest,
  type ExploreOptions,
} from "./explore.ts";
