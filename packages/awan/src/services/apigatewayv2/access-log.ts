/** Access logs of a stage: its format with `$context` variables filled in, written to its log group. */
import type { Call } from "../../host/call.ts";
import type { Authorization, Exchange, Reply } from "./exchange.ts";
import { contextValue } from "./expressions.ts";

interface Served {
  readonly exchange: Exchange;
  readonly authorization: Authorization;
  readonly reply: Reply;
}

/** Writes the request's line when the stage asks for it; hands the reply on. */
export function logAccess(call: Call, served: Served): Reply {
  const { exchange, authorization, reply } = served;
  const settings = exchange.stage.AccessLogSettings;
  const group = /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)/.exec(settings?.DestinationArn ?? "");
  if (group === null || settings?.Format === undefined) return reply;
  const latencyMs = String(call.nowMs - exchange.receivedAtMs);
  const answered: Readonly<Record<string, string>> = {
    status: String(reply.status),
    responseLength: String(reply.body.length),
    responseLatency: latencyMs,
    integrationLatency: latencyMs,
    "integration.latency": latencyMs,
    "integration.integrationStatus": String(reply.status),
    integrationStatus: String(reply.status),
  };
  const message = settings.Format.replaceAll(
    /\$context\.([a-zA-Z]+(?:\.[a-zA-Z0-9_-]+)*)/g,
    (_, name: string) => answered[name] ?? contextValue(name, exchange, authorization) ?? "-",
  );
  call.ports.logs.append(call, {
    groupName: group[1] as string,
    streamName: `${exchange.api.ApiId}-${exchange.stage.StageName}`,
    events: [{ timestampMs: exchange.receivedAtMs, message }],
  });
  return reply;
}
