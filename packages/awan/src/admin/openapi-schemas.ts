/** What the admin API takes and answers, as JSON Schema. */
import { faultKinds, faultProfiles } from "../host/faults.ts";

type Schema = Readonly<Record<string, unknown>>;

const text = { type: "string" } as const;
const number = { type: "number" } as const;
const texts = { type: "array", items: text } as const;
const milliseconds = { type: "integer", description: "milliseconds since the epoch" } as const;

/** An object with these members; those whose names end in `?` may be missing. */
const object = (members: Readonly<Record<string, Schema>>): Schema => ({
  type: "object",
  properties: Object.fromEntries(
    Object.entries(members).map(([name, schema]) => [name.replace("?", ""), schema]),
  ),
  required: Object.keys(members).filter((name) => !name.endsWith("?")),
});

const rule = object({
  kind: { enum: [...faultKinds] },
  "target?": text,
  "times?": number,
  "probability?": { type: "number", minimum: 0, maximum: 1 },
  "delayMs?": number,
  "code?": text,
  "message?": text,
  "status?": { type: "integer" },
  "before?": { type: "boolean" },
  "visible?": { type: "boolean" },
});

const span = object({
  name: text,
  traceId: text,
  spanId: text,
  "parentId?": text,
  scope: object({ accountId: text, region: text }),
  startMs: number,
  endMs: number,
  "error?": text,
  "attributes?": { type: "object" },
});

export const schemas = {
  Anything: { type: "object" },
  Refusal: object({ "code?": text, message: text }),
  Now: object({ nowMs: milliseconds }),
  Moved: object({ nowMs: milliseconds, moved: { type: "boolean" } }),
  Clock: object({ nowMs: milliseconds, nextDutyAtMs: { type: ["integer", "null"] } }),
  Health: object({ status: { const: "ok" }, nowMs: milliseconds, services: texts }),
  Faults: object({
    seed: { type: ["integer", "null"] },
    rules: { type: "array", items: rule },
    happened: texts,
  }),
  WantedFault: {
    oneOf: [
      object({ profile: { enum: [...faultProfiles] }, "seed?": { type: "integer" } }),
      object({
        kind: { enum: [...faultKinds] },
        "on?": { type: "string", description: "a logical id or name, or an operation: sqs.SendMessage" },
        "seed?": { type: "integer" },
        "times?": number,
        "probability?": { type: "number", minimum: 0, maximum: 1 },
        "delay?": { type: "string", description: "for delay: 5s" },
        "code?": { type: "string", description: "for error" },
        "message?": text,
        "status?": { type: "integer" },
        "before?": { type: "boolean", description: "crash and timeout: before the handler ran" },
        "visible?": { type: "boolean", description: "loseAck: the caller does not try again" },
      }),
    ],
  },
  Cost: object({
    usd: number,
    items: {
      type: "object",
      additionalProperties: object({ units: number, unit: text, usd: number }),
    },
    unpriced: texts,
    ignored: texts,
    pricesOf: text,
  }),
  Snapshots: object({ snapshots: texts }),
  Saved: object({ name: text, sizeBytes: { type: "integer" } }),
  Forks: object({ forks: texts }),
  Fork: object({ name: text, endpoint: { type: "string", format: "uri" } }),
  Invocation: object({ service: text, operation: text, "input?": { type: "object" }, "region?": text }),
  Letters: object({ letters: { type: "array", items: { type: "object" } } }),
  Journal: object({ spans: { type: "array", items: span } }),
} satisfies Readonly<Record<string, Schema>>;

export type SchemaName = keyof typeof schemas;
