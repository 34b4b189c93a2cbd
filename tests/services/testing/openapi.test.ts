/** The admin API answers what its OpenAPI document says it does. */
import { startApp } from "awan/testing";
import { expect, test } from "vitest";
import { openApi } from "../../../packages/awan/src/admin/openapi.ts";

type Schema = Readonly<Record<string, unknown>>;

const schemas = openApi.components.schemas as Readonly<Record<string, Schema>>;

interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly required: boolean }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content: Content }>>;
}
type Content = Readonly<Record<string, { readonly schema: Schema }>>;

const operations = Object.entries(openApi.paths).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, Described>).map(
    ([method, described]) => [method.toUpperCase(), path, described] as const,
  ),
);

/** The part of JSON Schema the document uses; answers what is wrong. */
function problems(value: unknown, schema: Schema, at = "answer"): string[] {
  const { $ref, type, enum: allowed, const: only, oneOf, items, properties = {}, required = [] } = schema;
  if (typeof $ref === "string") {
    const target = schemas[$ref.replace("#/components/schemas/", "")];
    return target === undefined ? [`${$ref} is nowhere`] : problems(value, target, at);
  }
  if (Array.isArray(oneOf))
    return oneOf.filter((each: Schema) => problems(value, each).length === 0).length === 1
      ? []
      : [`${at} is not one of`];
  if (Array.isArray(allowed)) return allowed.includes(value) ? [] : [`${at} is ${String(value)}`];
  if (only !== undefined) return value === only ? [] : [`${at} is not ${JSON.stringify(only)}`];
  const kinds = Array.isArray(type) ? (type as string[]) : [String(type)];
  if (!kinds.some((kind) => isOf(kind, value)))
    return [`${at} is no ${kinds.join(" or ")}: ${String(value)}`];
  if (Array.isArray(value))
    return items === undefined
      ? []
      : value.flatMap((each, i) => problems(each, items as Schema, `${at}[${i}]`));
  if (typeof value !== "object" || value === null) return [];
  return [
    ...(required as string[]).filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`),
    ...Object.entries(properties as Record<string, Schema>).flatMap(([name, member]) =>
      name in value ? problems((value as Record<string, unknown>)[name], member, `${at}.${name}`) : [],
    ),
  ];
}

function isOf(kind: string, value: unknown): boolean {
  switch (kind) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    default:
      return typeof value === kind;
  }
}

test("operations have names of their own, and every reference leads somewhere", () => {
  const ids = operations.map(([, , { operationId }]) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const references = [...JSON.stringify(openApi).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
  expect(references.length).toBeGreaterThan(operations.length);
  for (const [, name = ""] of references) expect(schemas).toHaveProperty(name);
  const used = new Set(references.map(([, name]) => name));
  expect(Object.keys(schemas).filter((name) => !used.has(name))).toEqual([]);
});

/** A request to each operation, in an order in which each makes sense. */
const requests: readonly (readonly [string, (string | object | Uint8Array<ArrayBuffer>)?])[] = [
  ["GET /_awan/health"],
  ["GET /_awan/openapi.json"],
  ["GET /_awan/clock"],
  ["POST /_awan/clock/advance?by=1m"],
  ["POST /_awan/clock/skip-to-next"],
  ["POST /_awan/clock/run-until?at=2026-02-01T00:00:00Z"],
  ["POST /_awan/settle"],
  ["POST /_awan/faults", { on: "q", kind: "delay", delay: "1s", probability: 0.5 }],
  ["POST /_awan/faults", { profile: "at-least-once" }],
  ["GET /_awan/faults"],
  ["DELETE /_awan/faults"],
  ["POST /_awan/cost"],
  ["GET /_awan/cost"],
  ["POST /_awan/snapshots/save?name=s"],
  ["GET /_awan/snapshots"],
  ["POST /_awan/forks?seed=1"],
  ["GET /_awan/forks"],
  ["DELETE /_awan/forks?name=1"],
  ["POST /_awan/invoke", { service: "sqs", operation: "CreateQueue", input: { QueueName: "q" } }],
  ["GET /_awan/letters"],
  ["GET /_awan/journal"],
  ["POST /_awan/snapshots/restore?name=s"],
];

test("answers have the shapes of the document, and so have refusals", async () => {
  await using app = await startApp();
  await app.platform.load("sns");
  const asked = new Set<string>();
  for (const [request, body] of requests) {
    const [method = "", target = ""] = request.split(" ");
    const path = target.split("?")[0];
    const [, , described] = operations.find(([of, at]) => of === method && at === path) ?? [];
    asked.add(`${method} ${path}`);
    if (described?.requestBody !== undefined) {
      const { schema = {} } = described.requestBody.content["application/json"] ?? {};
      expect(problems(body, schema), request).toEqual([]);
    }
    const response = await fetch(`${app.endpoint}${target}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(response.status, request).toBe(200);
    const { schema = {} } = described?.responses["200"]?.content["application/json"] ?? {};
    expect(problems(await response.json(), schema), request).toEqual([]);
    const needed = described?.parameters.filter(({ required }) => required) ?? [];
    if (needed.length === 0) continue;
    const refused = await fetch(`${app.endpoint}${path}`, { method });
    expect(refused.status).toBe(400);
    expect(problems(await refused.json(), schemas["Refusal"] as Schema)).toEqual([]);
  }
  // What takes or answers bytes is shown in admin.test.ts and promises.test.ts.
  const left = operations.map(([method, path]) => `${method} ${path}`).filter((name) => !asked.has(name));
  expect(left).toEqual(["GET /_awan/snapshots/content", "POST /_awan/snapshots/load"]);
});
