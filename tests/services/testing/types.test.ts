/** The types `awan types` writes are those of the template, and `startApp` takes them. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App, AppNames } from "awan/testing";
import { expect, expectTypeOf, test } from "vitest";
import { types, typesOf } from "../../../packages/awan/src/cli/types.ts";
import { ordersTemplate } from "./orders.ts";

interface Orders extends AppNames {
  functions: "PlaceOrder" | "GetOrder" | "RecordOrder" | "AnnounceOrder";
  queues: "OrdersQueue" | "OrdersDeadLetterQueue" | "AnnounceFailures" | "ShippingQueue";
  tables: "OrdersTable";
  topics: "OrderTopic";
  outputs: "ApiUrl" | "OrdersQueueUrl";
}

test("a template's names", () => {
  expect(typesOf([readFileSync(ordersTemplate, "utf8")], "Orders")).toBe(
    [
      "// Written by `awan types`.",
      "export interface Orders {",
      '  functions: "PlaceOrder" | "GetOrder" | "RecordOrder" | "AnnounceOrder";',
      '  queues: "OrdersQueue" | "OrdersDeadLetterQueue" | "AnnounceFailures" | "ShippingQueue";',
      '  tables: "OrdersTable";',
      '  topics: "OrderTopic";',
      '  outputs: "ApiUrl" | "OrdersQueueUrl" | "OrdersDeadLetterQueueUrl" | "OrdersTableName" | "ShippingQueueUrl" | "AnnounceFailuresUrl";',
      "}",
      "",
    ].join("\n"),
  );
});

test("a misspelt name is no name", () => {
  expectTypeOf<Parameters<App<Orders>["queue"]>[0]>().toEqualTypeOf<Orders["queues"]>();
  expectTypeOf<"OrdersQeue">().not.toExtend<Parameters<App<Orders>["queue"]>[0]>();
  expectTypeOf<App<Orders>["outputs"]["ApiUrl"]>().toEqualTypeOf<string>();
});

test("a cloud assembly's names are its constructs' paths too, of all its stacks", async () => {
  const assembly = new URL("assembly", import.meta.url).pathname;
  const directory = mkdtempSync(join(tmpdir(), "awan-types-"));
  const out = join(directory, "names.ts");
  await types(assembly, out);
  const written = readFileSync(out, "utf8");
  expect(written).toMatch(/functions: .*"Shop\/Record" \| "Record"/);
  expect(written).toMatch(/queues: .*"Shop\/Incoming" \| "Incoming"/);
  expect(written).toMatch(/tables: .*"Data\/Orders" \| "Orders"/);
  rmSync(directory, { recursive: true });
});
