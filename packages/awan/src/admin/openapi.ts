/** The admin API as an OpenAPI document, for tests in languages that are not ours. */
import { faultKinds, faultProfiles } from "../host/faults.ts";
import { schemas, type SchemaName } from "./openapi-schemas.ts";

interface Described {
  readonly summary: string;
  /** Query parameters; those whose names end in `?` may be left out. */
  readonly query?: Readonly<Record<string, string>>;
  /** The JSON body's schema; `bytes` for anything else. */
  readonly body?: SchemaName | "bytes";
  /** The answer's schema; `bytes` for anything else. */
  readonly answer: SchemaName | "bytes";
}

const name = { name: "its name" };

const described: Readonly<Record<string, Described>> = {
  "GET /_awan/health": { summary: "Whether Awan is up, its time and its services", answer: "Health" },
  "GET /_awan/openapi.json": { summary: "This document", answer: "Anything" },
  "GET /_awan/clock": { summary: "The time, and when the next thing is due", answer: "Clock" },
  "POST /_awan/clock/advance": {
    summary: "Moves time; what comes due on the way happens at its own time",
    query: { by: "30s, 15m, 1h30m, 2d" },
    answer: "Now",
  },
  "POST /_awan/clock/skip-to-next": {
    summary: "Moves time to the next moment something is due",
    answer: "Moved",
  },
  "POST /_awan/clock/run-until": {
    summary: "Moves time to a date",
    query: { at: "2026-01-01T00:00:00Z" },
    answer: "Now",
  },
  "POST /_awan/settle": {
    summary: "Answers when nothing is left to happen now; 409 names what goes round for ever",
    answer: "Now",
  },
  "GET /_awan/faults": { summary: "The rules, and the faults that happened", answer: "Faults" },
  "POST /_awan/faults": {
    summary: `Adds a profile (${faultProfiles.join(", ")}) or a rule (${faultKinds.join(", ")})`,
    body: "WantedFault",
    answer: "Faults",
  },
  "DELETE /_awan/faults": { summary: "From now on nothing goes wrong", answer: "Faults" },
  "POST /_awan/cost": {
    summary: "Begins to count what everything would cost on AWS",
    answer: "Cost",
  },
  "GET /_awan/cost": {
    summary: "What it would have cost since counting began",
    query: { "trace?": "only this trace" },
    answer: "Cost",
  },
  "GET /_awan/snapshots": { summary: "Names of the snapshots kept", answer: "Snapshots" },
  "GET /_awan/snapshots/content": {
    summary: "A snapshot as a file, with the code of its functions: any Awan can load it",
    query: name,
    answer: "bytes",
  },
  "POST /_awan/snapshots/save": { summary: "Keeps the state as it is now", query: name, answer: "Saved" },
  "POST /_awan/snapshots/restore": { summary: "Goes back to a snapshot", query: name, answer: "Now" },
  "POST /_awan/snapshots/load": {
    summary: "Goes back to a snapshot sent as a file",
    body: "bytes",
    answer: "Now",
  },
  "GET /_awan/forks": { summary: "Names of the forks that are open", answer: "Forks" },
  "POST /_awan/forks": {
    summary: "A copy of everything, on a port of its own",
    query: { "seed?": "of the copy's chance" },
    answer: "Fork",
  },
  "DELETE /_awan/forks": { summary: "Ends a fork", query: name, answer: "Forks" },
  "POST /_awan/invoke": {
    summary: "An AWS operation in plain JSON",
    body: "Invocation",
    answer: "Anything",
  },
  "GET /_awan/letters": {
    summary: "Mails, text messages and push notifications of SNS, oldest first",
    query: { "to?": "only to this address, number or endpoint", "account?": "whose", "region?": "where" },
    answer: "Letters",
  },
  "GET /_awan/journal": {
    summary: "What happened: spans, oldest first",
    query: { "trace?": "only this trace" },
    answer: "Journal",
  },
};

const bytes = {
  "application/octet-stream": { schema: { type: "string", contentMediaType: "application/octet-stream" } },
};

const contentOf = (schema: SchemaName | "bytes"): object =>
  schema === "bytes" ? bytes : { "application/json": { schema: { $ref: `#/components/schemas/${schema}` } } };

const refusal = (description: string): object => ({ description, content: contentOf("Refusal") });

function operationOf(operation: string, { summary, query = {}, body, answer }: Described): object {
  return {
    operationId: operation
      .toLowerCase()
      .replace(/_awan\//, "")
      .replaceAll(/[^a-z]+/g, "-"),
    summary,
    parameters: Object.entries(query).map(([parameter, description]) => ({
      name: parameter.replace("?", ""),
      in: "query",
      required: !parameter.endsWith("?"),
      description,
      schema: { type: "string" },
    })),
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body) } }),
    responses: {
      200: { description: "Done", content: contentOf(answer) },
      400: refusal("Refused: the answer says why"),
      ...(/settle|clock/.test(operation) ? { 409: refusal("The application does not settle") } : {}),
    },
  };
}

const paths: Record<string, Record<string, object>> = {};
for (const [operation, description] of Object.entries(described)) {
  const [method = "", path = ""] = operation.split(" ");
  (paths[path] ??= {})[method.toLowerCase()] = operationOf(operation, description);
}

export const openApi = {
  openapi: "3.1.0",
  info: {
    title: "Awan admin API",
    version: "1",
    description: "Time, faults, forks, snapshots and the journal of a running Awan.",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  servers: [{ url: "http://127.0.0.1:4566" }],
  paths,
  components: { schemas },
} as const;
