/** The `Call` a running operation holds: a scope's view of one transaction, and what is to follow its commit. */
import { invariant } from "../kernel/errors.ts";
import { formatArn } from "../kernel/arn.ts";
import type { Random } from "../kernel/random.ts";
import { plainOutput } from "../kernel/json-output.ts";
import type { Draft, Transaction } from "../store/transaction.ts";
import { packTuple, type TuplePart } from "../store/tuple.ts";
import type { Access } from "./authorization.ts";
import type { Call, Dispatch, Principal, Scope, TraceContext } from "./call.ts";
import type { HttpRequest } from "./http.ts";
import {
  dueRows,
  dueTimes,
  hostTransaction,
  outbox,
  type OutboxRow,
  residentRows,
  scopePrefix,
} from "./keys.ts";
import type { Ports } from "./ports.ts";
import type { Registry } from "./registry.ts";
import { type Answer, Park, Perform } from "./service.ts";

/** Who asks for a transaction and on whose behalf: the same for every attempt at it. */
export interface TransactionRequest {
  readonly name: string;
  readonly scope: Scope;
  readonly principal: Principal;
  readonly startedAtMs: number;
  readonly requestId: string;
  readonly endpoint: string;
  readonly trace: TraceContext;
  readonly http: HttpRequest | undefined;
  /** Whether a `Park` drops the writes; otherwise the body's result is not looked at. */
  readonly mayPark: boolean;
}

/** What every view of one transaction shares. */
export interface Transactional {
  readonly request: TransactionRequest;
  readonly draft: Draft;
  readonly registry: Registry;
  readonly nowMs: number;
  readonly random: Random;
  /** Filled while it runs; the host acts on it after the commit. */
  readonly aftermath: Aftermath;
}

/** What is to follow the commit. Most transactions ask for nothing: the lists are made when first needed. */
export class Aftermath {
  dutiesChanged = false;
  dispatches: { readonly id: string; readonly row: OutboxRow }[] | undefined;
  residents: Set<string> | undefined;
  notes:
    | {
        readonly kind: string;
        readonly scope: Scope;
        readonly attributes: Readonly<Record<string, unknown>>;
      }[]
    | undefined;
}

export class LiveCall implements Call {
  readonly #shared: Transactional;
  readonly accountId: string;
  readonly region: string;
  readonly principal: Principal;
  readonly tx: Transaction;

  constructor(shared: Transactional, scope: Scope, principal: Principal) {
    this.#shared = shared;
    this.accountId = scope.accountId;
    this.region = scope.region;
    this.principal = principal;
    this.tx = { prefix: scopePrefix(scope), draft: shared.draft };
  }

  get partition(): string {
    return "aws";
  }
  get nowMs(): number {
    return this.#shared.nowMs;
  }
  get startedAtMs(): number {
    return this.#shared.request.startedAtMs;
  }
  get random(): Random {
    return this.#shared.random;
  }
  get requestId(): string {
    return this.#shared.request.requestId;
  }
  get trace(): TraceContext {
    return this.#shared.request.trace;
  }
  get endpoint(): string {
    return this.#shared.request.endpoint;
  }
  get ports(): Ports {
    return this.#shared.registry.ports;
  }

  get http(): HttpRequest | undefined {
    return this.#shared.request.http;
  }

  get isGuarded(): boolean {
    return this.#shared.registry.isGuarded;
  }

  authorize(access: Access): void {
    this.#shared.registry.authorizer?.check(this, access);
  }

  allows(access: Access): boolean {
    const { authorizer } = this.#shared.registry;
    return authorizer === undefined || authorizer.decide(this, access).effect === "allow";
  }

  in(scope: Partial<Scope>): Call {
    const accountId = scope.accountId ?? this.accountId;
    const region = scope.region ?? this.region;
    if (accountId === this.accountId && region === this.region) return this;
    return new LiveCall(this.#shared, { accountId, region }, this.principal);
  }

  as(principal: Principal): Call {
    return new LiveCall(this.#shared, this, principal);
  }

  schedule(duty: string, key: readonly TuplePart[], atMs: number, payload: unknown = null): void {
    invariant(Number.isFinite(atMs), `${duty} is scheduled at no time: ${atMs}`);
    this.unschedule(duty, key);
    const packed = packTuple(key);
    const at = Math.ceil(atMs);
    const host = this.#host;
    dueTimes.set(host, [this.accountId, this.region, duty, packed], at);
    dueRows.set(host, [at, this.accountId, this.region, duty, packed], { payload });
    this.#shared.aftermath.dutiesChanged = true;
  }

  unschedule(duty: string, key: readonly TuplePart[]): void {
    const packed = packTuple(key);
    const host = this.#host;
    const atMs = dueTimes.get(host, [this.accountId, this.region, duty, packed]);
    if (atMs === undefined) return;
    dueTimes.delete(host, [this.accountId, this.region, duty, packed]);
    dueRows.delete(host, [atMs, this.accountId, this.region, duty, packed]);
  }

  dispatch(dispatch: Dispatch): string {
    const { aftermath, request, nowMs, random } = this.#shared;
    const { trace } = request;
    const id = random.uuid();
    const row: OutboxRow = {
      ...dispatch,
      scope: { accountId: this.accountId, region: this.region },
      traceId: trace.traceId,
      parentId: trace.spanId,
      principalArn: this.principal.arn,
      writtenAtMs: nowMs,
      attempts: 0,
    };
    outbox.set(this.#host, [id], row);
    if (dispatch.notBeforeMs !== undefined && dispatch.notBeforeMs > nowMs) {
      this.in({ accountId: "", region: "" }).schedule("host.dispatch", [id], dispatch.notBeforeMs);
    } else (aftermath.dispatches ??= []).push({ id, row });
    return id;
  }

  keep(resident: string, key: readonly TuplePart[]): void {
    const row: [string, string, string, string] = [this.accountId, this.region, resident, packTuple(key)];
    residentRows.set(this.#host, row, true);
    (this.#shared.aftermath.residents ??= new Set()).add(packTuple(row));
  }

  dismiss(resident: string, key: readonly TuplePart[]): void {
    const row: [string, string, string, string] = [this.accountId, this.region, resident, packTuple(key)];
    residentRows.delete(this.#host, row);
    (this.#shared.aftermath.residents ??= new Set()).add(packTuple(row));
  }

  invoke(service: string, operation: string, input: object): Record<string, unknown> {
    const answer = this.start(service, operation, input);
    invariant(
      !(answer instanceof Park) && !(answer instanceof Perform),
      `${service}.${operation} does not answer within its transaction: use call.start`,
    );
    return answer;
  }

  start(service: string, operation: string, input: object): Answer<Record<string, unknown>> {
    const run = this.#shared.registry.operation(service, operation);
    return plainOutput(run(this, input as never) ?? {}) as Answer<Record<string, unknown>>;
  }

  note(kind: string, attributes: Readonly<Record<string, unknown>>): void {
    (this.#shared.aftermath.notes ??= []).push({ kind, scope: this, attributes });
  }

  get #host(): Transaction {
    return hostTransaction(this.#shared.draft);
  }
}

const rootPrincipals = new Map<string, Principal>();

/** The account itself: who a request is when its keys say no more. */
export function rootPrincipal(accountId: string): Principal {
  let principal = rootPrincipals.get(accountId);
  if (principal === undefined) {
    const arn = formatArn({ service: "iam", region: "", accountId, resource: "root" });
    principal = { kind: "root", arn, accountId };
    if (rootPrincipals.size < 4096) rootPrincipals.set(accountId, principal);
  }
  return principal;
}

/** An AWS service acting on its own account, as `sns.amazonaws.com` does when it delivers. */
export const servicePrincipal = (service: string, accountId: string): Principal => ({
  kind: "service",
  arn: `${service}.amazonaws.com`,
  accountId,
});
