/** The types `awan types` writes are those of the template, and `startApp` takes them. */
import { readFileSync } from "node:fs";
import type { App, AppNames } from "awan/testing";
import { expect, expectTypeOf, test } from "vitest";
import { typesOf } from "../../../packages/awan/src/cli/types.ts";
import { ordersTemplate } from "./orders.ts";

interface Orders extends AppNames {
  functions: "PlaceOrder" | "GetOrder" | "RecordOrder" | "AnnounceOrder";
  queues: "OrdersQueue" | "OrdersDeadLetterQueue" | "AnnounceFailures" | "ShippingQueue";
  tables: "OrdersTable";
  topics: "OrderTopic";
  outputs: "ApiUrl" | "OrdersQueueUrl";
}

test("a template's names", () => {
  expect(typesOf(readFileSync(ordersTemplate, "utf8"), "Orders")).toBe(
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
