/** Awan as a library: what a program that embeds it may use. */
export type { Clock } from "./kernel/clock.ts";
