/**
 * What users' tests import: an application deployed in this process, with its clock in the test's hands and real SDK
 * clients that reach it without leaving the process.
 */
export { startApp, type App, type StartAppOptions } from "./start-app.ts";
