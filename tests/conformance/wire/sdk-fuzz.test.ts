/**
 * The SDK fuzz against its baseline: failures named there are explained in SCORES.md; no other may appear, and one that
 * is gone must be taken off the list. `AWAN_WRITE_BASELINE=1` writes the baseline anew.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { serviceIndex } from "../../../packages/awan/src/model/service-model.ts";
import { fuzzService, protocolsToTry } from "./sdk-fuzz.ts";
import type { Score } from "./sdk-fuzz.ts";

const path = new URL("./sdk-fuzz-baseline.json", import.meta.url);
const writes = process.env["AWAN_WRITE_BASELINE"] === "1";
const baseline = (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {}) as Record<string, Score>;
const scores: Record<string, Score> = {};

const nameOf = (failure: string): string => failure.split(":")[0] ?? "";

describe("every operation through the SDK's client", () => {
  for (const { name } of serviceIndex()) {
    for (const protocol of protocolsToTry(name)) {
      const title = protocol === undefined ? name : `${name} over ${protocol}`;
      it(title, async () => {
        const score = await fuzzService(name, protocol);
        scores[title] = score;
        if (writes) return;
        const known = baseline[title];
        expect(score.failures.map(nameOf), score.failures.join("\n")).toEqual(
          known?.failures.map(nameOf) ?? [],
        );
        expect(score.operationsPassed).toBeGreaterThanOrEqual(known?.operationsPassed ?? 0);
        expect(score.errorsPassed).toBeGreaterThanOrEqual(known?.errorsPassed ?? 0);
      });
    }
  }
});

afterAll(() => {
  const sum = (field: "operations" | "operationsPassed" | "errors" | "errorsPassed") =>
    Object.values(scores).reduce((total, score) => total + score[field], 0);
  console.log(
    `SDK fuzz: operations ${sum("operationsPassed")}/${sum("operations")}, errors ${sum("errorsPassed")}/${sum("errors")}`,
  );
  if (writes) writeFileSync(path, `${JSON.stringify(scores, undefined, 1)}\n`);
});
