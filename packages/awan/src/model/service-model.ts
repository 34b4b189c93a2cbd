/**
 * A service as its table describes it: operations, errors, protocols. Tables are read from disk when a service is first
 * used; `serviceIndex` answers what routing needs to know before that.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { invariant } from "../kernel/errors.ts";
import type { Fault } from "../kernel/errors.ts";
import { ShapeReader, unitShape } from "./shape.ts";
import type { Member, Shape } from "./shape.ts";
import type { OperationFacts, ProtocolName, ServiceIndexEntry, ServiceTable } from "./table.ts";

export interface Route {
  readonly method: string;
  /** Smithy's pattern: `/{Bucket}/{Key+}?uploads&x-id=…`. */
  readonly uri: string;
}

export interface ErrorModel {
  readonly name: string;
  readonly shape: Shape;
  readonly fault: Fault;
  readonly status: number;
  /** Code and status in the query protocol, and in `x-amzn-query-error`. */
  readonly queryCode: string;
  readonly queryStatus: number;
}

export class OperationModel {
  readonly service: ServiceModel;
  readonly name: string;
  readonly input: Shape;
  readonly output: Shape;
  /** Names of the errors AWS documents for it. */
  readonly errors: readonly string[];
  /** Its REST routes: the current one first, then those of other SDK generations. */
  readonly routes: readonly Route[];
  /** HTTP status of success. */
  readonly status: number;
  readonly hostPrefix: string | undefined;
  /** May be called unsigned. */
  readonly isAnonymous: boolean;
  readonly #eventStreams: { input?: Member | null; output?: Member | null } = {};

  constructor(service: ServiceModel, name: string, input: Shape, output: Shape, facts: OperationFacts) {
    const { overlay } = service.table;
    const [method, uri, status] = facts.http ?? [];
    const current = method === undefined || uri === undefined ? [] : [{ method, uri }];
    const older = overlay.routes[name]?.map((route) => ({ method: route[0], uri: route[1] })) ?? [];
    this.service = service;
    this.name = name;
    this.input = input;
    this.output = output;
    this.errors = overlay.errors[name] ?? [];
    this.routes = [...current, ...older];
    this.status = status ?? 200;
    this.hostPrefix = facts.hostPrefix;
    this.isAnonymous = facts.anonymous === 1;
  }

  /** The member that is a stream of events, if the input or output has one. */
  eventStreamOf(direction: "input" | "output"): Member | undefined {
    let found = this.#eventStreams[direction];
    if (found === undefined) {
      found =
        this[direction].members.find(({ shape }) => shape.kind === "union" && shape.isStreaming) ?? null;
      this.#eventStreams[direction] = found;
    }
    return found ?? undefined;
  }
}

export class ServiceModel {
  readonly table: ServiceTable;
  readonly name: string;
  readonly protocols: readonly ProtocolName[];
  readonly #shapes: ShapeReader;
  readonly #operations = new Map<string, OperationModel>();
  #errors: Map<string, ErrorModel> | undefined;

  constructor(table: ServiceTable) {
    this.table = table;
    this.name = table.name;
    this.protocols = [...new Set([...table.protocols, ...table.overlay.protocols])];
    this.#shapes = new ShapeReader(table);
  }

  operationNames(): string[] {
    return Object.keys(this.table.operations);
  }

  operation(name: string): OperationModel | undefined {
    const known = this.#operations.get(name);
    if (known) return known;
    if (!Object.hasOwn(this.table.operations, name)) return undefined;
    const [input, output, facts] = this.table.operations[name] ?? ["unit", "unit", {}];
    const shapeOf = (reference: typeof input) =>
      reference === "unit" ? unitShape : this.#shapes.target(reference).shape;
    const operation = new OperationModel(this, name, shapeOf(input), shapeOf(output), facts);
    this.#operations.set(name, operation);
    return operation;
  }

  /** An error by its shape's name. */
  error(name: string): ErrorModel | undefined {
    this.#errors ??= new Map(this.table.errors.map((index) => this.#readError(index)));
    return this.#errors.get(name);
  }

  #readError(index: number): [string, ErrorModel] {
    const shape = this.#shapes.at(index);
    const { error, httpError, awsQueryError } = shape.traits;
    const fault = error ?? "client";
    const status = httpError ?? (fault === "server" ? 500 : 400);
    const [queryCode, queryStatus] = awsQueryError ?? [shape.name, status];
    return [shape.name, { name: shape.name, shape, fault, status, queryCode, queryStatus }];
  }
}

/** Where the tables are: beside this module in the source tree, copied to `dist/tables` in the package. */
export function tablesDirectory(): string {
  const found = ["./tables/", "../tables/"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(`${path}index.json`));
  invariant(found !== undefined, "the service tables are missing from this installation");
  return found;
}

const models = new Map<string, ServiceModel>();
let directory: string | undefined;
let index: readonly ServiceIndexEntry[] | undefined;

function readTable(name: string): unknown {
  directory ??= tablesDirectory();
  return JSON.parse(readFileSync(`${directory}${name}.json`, "utf8"));
}

/** Every service there is a table for. */
export function serviceIndex(): readonly ServiceIndexEntry[] {
  return (index ??= readTable("index") as readonly ServiceIndexEntry[]);
}

/** The model of a service, read once. Throws a Defect for a name without a table. */
export function loadModel(name: string): ServiceModel {
  const known = models.get(name);
  if (known) return known;
  invariant(
    serviceIndex().some((entry) => entry.name === name),
    `there is no table for the service ${name}`,
  );
  const model = new ServiceModel(readTable(name) as ServiceTable);
  models.set(name, model);
  return model;
}
