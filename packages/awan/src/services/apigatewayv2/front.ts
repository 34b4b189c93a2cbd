/**
 * The data plane: one HTTP request through address, stage, route, CORS, authorizer and integration. Everything is
 * decided inside one run of the host; functions and URLs are effects of that run.
 */
import type { Readable } from "node:stream";
import type { Call, Scope } from "../../host/call.ts";
import type { HttpRequest, HttpResponse } from "../../host/http.ts";
import { type Answer, mapAnswer, type Shell } from "../../host/service.ts";
import { AwsError } from "../../kernel/errors.ts";
import { type Address, decodePath, parseAddress, splitFirst } from "./address.ts";
import { logAccess } from "./access-log.ts";
import { authorize } from "./authorize.ts";
import { isPreflight, preflightReply, withCors } from "./cors.ts";
import {
  type Arrival,
  type Exchange,
  gatewayReply,
  newRequestId,
  parseQuery,
  type Reply,
} from "./exchange.ts";
import { integrate } from "./integrate.ts";
import {
  apiMappings,
  apis,
  type ApiRow,
  owners,
  ownersScope,
  type RoutedRoute,
  type RoutingRow,
  stages,
  type StageRow,
} from "./keys.ts";
import { authorizerTimeoutMs, bodySizeBytesMax, integrationTimeoutMsMax } from "./limits.ts";
import { createRouter, type Router } from "./router.ts";
import { routingOf } from "./routing.ts";

const notFound = gatewayReply(404, "Not Found");

export async function front(shell: Shell, request: HttpRequest): Promise<HttpResponse> {
  const body = await readBody(request.body);
  if (body === undefined) return respond(gatewayReply(413, "Request Entity Too Large"), "");
  const arrival: Arrival = {
    method: request.method,
    hostHeader: request.headers["host"] ?? "",
    target: request.target,
    headers: request.headers,
    body,
    sourceIp: request.remoteAddress.replace(/^::ffff:/, ""),
    origin: request.origin,
  };
  const address = parseAddress(arrival.hostHeader, request.target);
  const owner = await shell.run({ name: "apigatewayv2.Find" }, (call) => findOwner(call, address));
  if (owner === undefined) return respond(notFound, "");
  const limit = new Limit(shell);
  const incoming: Request = { address, arrival, limit, requestId: "" };
  const reply = await limit.race(
    shell
      .run({ ...owner, name: "apigatewayv2.Request", endpoint: request.origin }, (call) =>
        serve(call, incoming),
      )
      .catch(failureReply),
  );
  return respond(reply, incoming.requestId);
}

/** What a failed effect means to the client; our own defects go on. */
function failureReply(error: unknown): Reply {
  if (!(error instanceof AwsError)) throw error;
  const busy = error.status === 503 || /TooManyRequests|Throttl|ServiceUnavailable/.test(error.code);
  return busy ? gatewayReply(503, "Service Unavailable") : gatewayReply(500, "Internal Server Error");
}

/** The integration's timeout, counted from the start of the request; a late answer is dropped. */
class Limit {
  readonly #shell: Shell;
  readonly #startedAtMs: number;
  #cancel = (): void => {};
  #expire = (): void => {};

  constructor(shell: Shell) {
    this.#shell = shell;
    this.#startedAtMs = shell.clock.nowMs();
  }

  /** Called once the route, and with it the timeout, is known. */
  set(limitMs: number): void {
    this.#cancel();
    this.#cancel = this.#shell.clock.at(this.#startedAtMs + limitMs, () => this.#expire());
  }

  async race(answered: Promise<Reply>): Promise<Reply> {
    const expired = new Promise<Reply>((resolve) => {
      this.#expire = () => resolve(gatewayReply(503, "Service Unavailable"));
    });
    try {
      return await Promise.race([answered, expired]);
    } finally {
      this.#cancel();
    }
  }
}

function findOwner(call: Call, address: Address): Scope | undefined {
  const { tx } = call.in(ownersScope);
  if (address.apiId !== undefined) {
    const owner = owners.get(tx, ["api", address.apiId]);
    if (owner !== undefined) return { accountId: owner.accountId, region: owner.region };
  }
  const owner = owners.get(tx, ["domain", address.host]);
  return owner === undefined ? undefined : { accountId: owner.accountId, region: owner.region };
}

interface Request {
  readonly address: Address;
  readonly arrival: Arrival;
  readonly limit: Limit;
  /** Made by the first run. */
  requestId: string;
}

function serve(call: Call, request: Request): Answer<Reply> {
  const { arrival } = request;
  request.requestId ||= newRequestId(call);
  const place = placeOf(call, request.address);
  if (place === undefined) return notFound;
  const { api, stage } = place;
  const cors = api.CorsConfiguration;
  if (cors !== undefined && isPreflight(arrival.method, arrival.headers))
    return preflightReply(cors, arrival.headers);
  const routing = routingOf(call, api.ApiId as string, stage);
  const match = routing === undefined ? undefined : routerOf(routing).match(arrival.method, place.path);
  if (match === undefined) return withCors(notFound, cors, arrival.headers);
  const exchange: Exchange = {
    arrival,
    api,
    stage,
    routed: match.target,
    pathParameters: match.pathParameters,
    rawPath: place.rawPath,
    path: place.path,
    query: request.address.query,
    queryValues: parseQuery(request.address.query),
    domainName: place.domainName,
    requestId: request.requestId,
    accountId: call.accountId,
    region: call.region,
    receivedAtMs: call.startedAtMs,
  };
  const limitMs = match.target.integration?.TimeoutInMillis ?? integrationTimeoutMsMax;
  request.limit.set(limitMs + (match.target.route.AuthorizationType === "CUSTOM" ? authorizerTimeoutMs : 0));
  const answer = mapAnswer(
    authorize(call, exchange),
    (now, verdict): Answer<Reply> =>
      "refused" in verdict
        ? logged(now, exchange, verdict.refused)
        : mapAnswer(
            integrate(now, exchange, verdict.passed),
            (later, reply) => logAccess(later, { exchange, authorization: verdict.passed, reply }),
            now,
          ),
    call,
  );
  return mapAnswer(answer, (_, reply) => withCors(reply, cors, arrival.headers), call);
}

const logged = (call: Call, exchange: Exchange, reply: Reply): Reply =>
  logAccess(call, { exchange, authorization: { kind: "none" }, reply });

interface Place {
  readonly api: ApiRow;
  readonly stage: StageRow;
  readonly path: string;
  readonly rawPath: string;
  readonly domainName: string;
}

/** The stage a request means: by the mapping of a custom domain, by its first segment, or the default one. */
function placeOf(call: Call, address: Address): Place | undefined {
  const path = decodePath(address.path);
  const api = address.apiId === undefined ? undefined : apis.get(call.tx, [address.apiId]);
  if (api === undefined) return placeOfDomain(call, address.host, path);
  if (api.DisableExecuteApiEndpoint === true || api.ProtocolType !== "HTTP") return undefined;
  const apiId = api.ApiId as string;
  const domainName = `${apiId}.execute-api.${call.region}.amazonaws.com`;
  const [first, rest] = splitFirst(path);
  const named = first === "" || first === "$default" ? undefined : stages.get(call.tx, [apiId, first]);
  if (named !== undefined) return { api, stage: named, path: rest, rawPath: path, domainName };
  const stage = stages.get(call.tx, [apiId, "$default"]);
  return stage === undefined ? undefined : { api, stage, path, rawPath: path, domainName };
}

function placeOfDomain(call: Call, domainName: string, path: string): Place | undefined {
  let best: { readonly key: string; readonly apiId: string; readonly stageName: string } | undefined;
  for (const { value } of apiMappings.scan(call.tx, [domainName])) {
    const key = value.ApiMappingKey ?? "";
    const applies = key === "" || path === `/${key}` || path.startsWith(`/${key}/`);
    if (applies && (best === undefined || key.length > best.key.length)) {
      best = { key, apiId: value.ApiId as string, stageName: value.Stage as string };
    }
  }
  if (best === undefined) return undefined;
  const api = apis.get(call.tx, [best.apiId]);
  const stage = stages.get(call.tx, [best.apiId, best.stageName]);
  if (api === undefined || stage === undefined) return undefined;
  const rest = best.key === "" ? path : path.slice(best.key.length + 1);
  const own = rest === "" ? "/" : rest;
  return { api, stage, path: own, rawPath: own, domainName };
}

/** Routers by the row they were made from: rows never change, so this is only a memory of pure work. */
const routers = new WeakMap<RoutingRow, Router<RoutedRoute>>();

function routerOf(routing: RoutingRow): Router<RoutedRoute> {
  const known = routers.get(routing);
  if (known !== undefined) return known;
  const router = createRouter(
    routing.routes.map((routed) => [routed.route.RouteKey as string, routed] as const),
  );
  routers.set(routing, router);
  return router;
}

async function readBody(body: Uint8Array | Readable): Promise<Uint8Array | undefined> {
  if (body instanceof Uint8Array) return body.length > bodySizeBytesMax ? undefined : body;
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length;
    if (sizeBytes > bodySizeBytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function respond(reply: Reply, requestId: string): HttpResponse {
  const { "content-length": _, connection: _connection, ...headers } = reply.headers;
  return {
    status: reply.status,
    headers: {
      ...headers,
      ...(reply.cookies.length > 0 ? { "set-cookie": reply.cookies } : {}),
      "apigw-requestid": requestId,
    },
    body: reply.body,
  };
}
