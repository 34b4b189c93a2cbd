/** The admin API as an OpenAPI document, for tests in languages that are not ours. */
interface Described {
  readonly summary: string;
  readonly query?: Readonly<Record<string, string>>;
  /** What the JSON body is; `bytes` for anything else. */
  readonly body?: string;
}

const described: Readonly<Record<string, Described>> = {
  "GET /_awan/health": { summary: "Whether Awan is up, its time and its services" },
  "GET /_awan/openapi.json": { summary: "This document" },
  "GET /_awan/clock": { summary: "The time, and when the next thing is due" },
  "POST /_awan/clock/advance": {
    summary: "Moves time; what comes due on the way happens at its own time",
    query: { by: "30s, 15m, 1h30m, 2d" },
  },
  "POST /_awan/clock/skip-to-next": { summary: "Moves time to the next moment something is due" },
  "POST /_awan/clock/run-until": { summary: "Moves time to a date", query: { at: "2026-01-01T00:00:00Z" } },
  "POST /_awan/settle": { summary: "Answers when nothing is left to happen now" },
  "GET /_awan/faults": { summary: "The rules, and the faults that happened" },
  "POST /_awan/faults": {
    summary: "Adds a profile or a rule",
    body: '{"profile":"at-least-once","seed":7} or {"on":"Payments","kind":"throttle","times":2}',
  },
  "DELETE /_awan/faults": { summary: "From now on nothing goes wrong" },
  "GET /_awan/snapshots": { summary: "Names of the snapshots kept" },
  "GET /_awan/snapshots/content": { summary: "A snapshot as a file", query: { name: "its name" } },
  "POST /_awan/snapshots/save": { summary: "Keeps the state as it is now", query: { name: "its name" } },
  "POST /_awan/snapshots/restore": { summary: "Goes back to a snapshot", query: { name: "its name" } },
  "POST /_awan/snapshots/load": { summary: "Goes back to a snapshot sent as a file", body: "bytes" },
  "GET /_awan/forks": { summary: "Names of the forks that are open" },
  "POST /_awan/forks": {
    summary: "A copy of everything, on a port of its own: answers name and endpoint",
    query: { seed: "of the copy's chance" },
  },
  "DELETE /_awan/forks": { summary: "Ends a fork", query: { name: "its name" } },
  "POST /_awan/invoke": {
    summary: "An AWS operation in plain JSON",
    body: '{"service":"sqs","operation":"ListQueues","input":{}}',
  },
  "GET /_awan/letters": {
    summary: "Mails, text messages and push notifications of SNS, oldest first",
    query: { to: "only to this address, number or endpoint", account: "whose", region: "where" },
  },
  "GET /_awan/journal": {
    summary: "What happened: spans, oldest first",
    query: { trace: "only this trace" },
  },
};

function operationOf(name: string, { summary, query = {}, body }: Described): object {
  const isBytes = body === "bytes";
  return {
    operationId: name
      .toLowerCase()
      .replace(/_awan\//, "")
      .replaceAll(/[^a-z]+/g, "-"),
    summary,
    parameters: Object.entries(query).map(([parameter, description]) => ({
      name: parameter,
      in: "query",
      description,
      schema: { type: "string" },
    })),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: isBytes
              ? { "application/octet-stream": { schema: { type: "string", format: "binary" } } }
              : { "application/json": { schema: { type: "object", description: body } } },
          },
        }),
    responses: { 200: { description: "Done" }, 400: { description: "Refused: the answer says why" } },
  };
}

const paths: Record<string, Record<string, object>> = {};
for (const [name, description] of Object.entries(described)) {
  const [method = "", path = ""] = name.split(" ");
  (paths[path] ??= {})[method.toLowerCase()] = operationOf(name, description);
}

export const openApi = {
  openapi: "3.1.0",
  info: { title: "Awan admin API", version: "1" },
  paths,
} as const;
