/**
 * The format of `tables/<service>.json`, written by `npm run extract`: a service's operations and shapes as its SDK client
 * has them, plus an overlay of what the client lacks. Shapes refer to each other by index, so the cyclic graph is flat.
 */

export type ProtocolName =
  | "json10"
  | "json11"
  | "query"
  | "ec2"
  | "restJson"
  | "restXml"
  | "rpcv2Cbor"
  | "amzCbor";

type Flag = 1;

/** What Smithy says about a shape or a member, as far as the wire is concerned. */
export interface Traits {
  readonly httpLabel?: Flag;
  readonly httpQuery?: string;
  readonly httpQueryParams?: Flag;
  readonly httpHeader?: string;
  readonly httpPrefixHeaders?: string;
  readonly httpPayload?: Flag;
  readonly httpResponseCode?: Flag;
  readonly hostLabel?: Flag;
  readonly idempotencyToken?: Flag;
  readonly jsonName?: string;
  readonly mediaType?: string;
  readonly sparse?: Flag;
  readonly streaming?: Flag;
  readonly eventHeader?: Flag;
  readonly eventPayload?: Flag;
  readonly xmlName?: string;
  readonly xmlFlattened?: Flag;
  readonly xmlAttribute?: Flag;
  /** Prefix (may be empty) and URI. */
  readonly xmlNamespace?: readonly [string, string];
  readonly ec2QueryName?: string;
  readonly error?: "client" | "server";
  readonly httpError?: number;
  /** Code and HTTP status in the query protocol. */
  readonly awsQueryError?: readonly [string, number];
}

/**
 * Traits, or bits for those that are flags: 1 httpLabel, 4 idempotencyToken, 16 httpPayload, 32 httpResponseCode,
 * 64 httpQueryParams.
 */
export type CompactTraits = Traits | number;

/**
 * A simple type (0 string, 1 number, 2 boolean, 4 timestamp, 5 date-time, 6 http-date, 7 epoch-seconds, 15 document,
 * 17 big integer, 19 big decimal, 21 blob, 42 streaming blob; `64 | x` a list and `128 | x` a map of them), `"unit"`,
 * `~index` of a shape, or one of these with traits of the reference's own.
 */
export type Reference = number | "unit" | readonly [Reference, CompactTraits];

export type SimpleEntry = readonly [kind: 0, name: string, traits: CompactTraits, type: Reference];
export type ListEntry = readonly [kind: 1, name: string, traits: CompactTraits, item: Reference];
export type MapEntry = readonly [
  kind: 2,
  name: string,
  traits: CompactTraits,
  key: Reference,
  value: Reference,
];
/** 3 structure, 4 union, -3 error. The first `requiredCount` members are the required ones. */
export type StructureEntry = readonly [
  kind: 3 | 4 | -3,
  name: string,
  traits: CompactTraits,
  members: readonly string[],
  types: readonly Reference[],
  requiredCount: number,
];
export type ShapeEntry = SimpleEntry | ListEntry | MapEntry | StructureEntry;

export interface OperationFacts {
  /** Method, URI pattern and status of success. */
  readonly http?: readonly [method: string, uri: string, status: number];
  readonly hostPrefix?: string;
  /** Callable without a signature. */
  readonly anonymous?: Flag;
}

/** A constraint; `item`, `key` and `value` are indexes of further ones, for lists and maps without a name of their own. */
export interface LimitEntry {
  readonly min?: number;
  readonly max?: number;
  /** Index into `patterns`. */
  readonly pattern?: number;
  /** Index into `enums`. */
  readonly enum?: number;
  readonly type?: "integer" | "long" | "float" | "double";
  /** Whether AWS says of a collection's members that they must not be null. */
  readonly notNull?: boolean;
  readonly item?: number;
  readonly key?: number;
  readonly value?: number;
}

export interface OverlayEntry {
  /** First label of its host name at AWS. */
  readonly endpointPrefix?: string;
  readonly protocols: readonly ProtocolName[];
  /** Names of the errors an operation may answer. */
  readonly errors: Readonly<Record<string, readonly string[]>>;
  /** Routes that other SDK generations use. */
  readonly routes: Readonly<Record<string, readonly (readonly [method: string, uri: string])[]>>;
  /** By shape and member (`item`, `key`, `value` for lists and maps): index into `limits`. */
  readonly constraints: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly limits: readonly LimitEntry[];
  readonly patterns: readonly string[];
  readonly enums: readonly (readonly string[])[];
}

export interface ServiceTable {
  readonly name: string;
  readonly namespace: string;
  readonly serviceId: string;
  readonly version: string;
  /** Prefix of `X-Amz-Target`, and the service's name in RPC v2 paths. */
  readonly target: string;
  readonly protocols: readonly ProtocolName[];
  readonly xmlNamespace?: string;
  /** JSON errors carry the query protocol's code in `x-amzn-query-error`. */
  readonly queryCompatible?: boolean;
  readonly signing: readonly string[];
  readonly operations: Readonly<
    Record<string, readonly [input: Reference, output: Reference, OperationFacts]>
  >;
  /** Indexes of the error shapes. */
  readonly errors: readonly number[];
  readonly shapes: readonly ShapeEntry[];
  readonly overlay: OverlayEntry;
}

/** One line of `tables/index.json`: all that finding a request's service needs. */
export interface ServiceIndexEntry {
  readonly name: string;
  /** The client package it was extracted from, with its version. */
  readonly client: string;
  readonly namespace: string;
  readonly target: string;
  /** The query protocol's `Version`. */
  readonly version: string;
  readonly protocols: readonly ProtocolName[];
  readonly signing: readonly string[];
  readonly endpointPrefix: string;
  readonly hostPrefixes: readonly string[];
  readonly xmlNamespace?: string;
}
