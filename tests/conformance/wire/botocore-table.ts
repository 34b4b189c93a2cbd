/** A service model in botocore's format as one of our tables, for suites written in that format. */
import type {
  CompactTraits,
  OperationFacts,
  ProtocolName,
  Reference,
  ServiceTable,
  ShapeEntry,
  Traits,
} from "../../../packages/awan/src/model/table.ts";

export interface BotocoreMember {
  readonly shape: string;
  readonly location?: string;
  readonly locationName?: string;
  readonly queryName?: string;
  readonly timestampFormat?: string;
  readonly flattened?: boolean;
  readonly streaming?: boolean;
  readonly jsonvalue?: boolean;
  readonly xmlAttribute?: boolean;
  readonly xmlNamespace?: string | { readonly uri: string; readonly prefix?: string };
  readonly idempotencyToken?: boolean;
  readonly eventheader?: boolean;
  readonly eventpayload?: boolean;
}

export interface BotocoreShape extends Omit<BotocoreMember, "shape"> {
  readonly type: string;
  readonly members?: Readonly<Record<string, BotocoreMember>>;
  readonly member?: BotocoreMember;
  readonly key?: BotocoreMember;
  readonly value?: BotocoreMember;
  readonly required?: readonly string[];
  readonly payload?: string;
  readonly union?: boolean;
  readonly document?: boolean;
  readonly eventstream?: boolean;
  readonly event?: boolean;
  readonly exception?: boolean;
  readonly error?: {
    readonly code?: string;
    readonly httpStatusCode?: number;
    readonly senderFault?: boolean;
  };
}

export interface BotocoreOperation {
  readonly name: string;
  readonly http?: { readonly method?: string; readonly requestUri?: string; readonly responseCode?: number };
  readonly input?: BotocoreMember & { readonly payload?: string };
  readonly output?: BotocoreMember & { readonly resultWrapper?: string };
}

export interface BotocoreModel {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly shapes: Readonly<Record<string, BotocoreShape>>;
}

const simpleTypes: Readonly<Record<string, number>> = {
  string: 0,
  character: 0,
  integer: 1,
  long: 1,
  float: 1,
  double: 1,
  boolean: 2,
  timestamp: 4,
  blob: 21,
};
const timestampTypes: Readonly<Record<string, number>> = { iso8601: 5, rfc822: 6, unixTimestamp: 7 };

export function protocolOf(metadata: Readonly<Record<string, unknown>>): ProtocolName {
  const protocol = metadata["protocol"];
  if (protocol === "json") return metadata["jsonVersion"] === "1.0" ? "json10" : "json11";
  const names: Record<string, ProtocolName> = {
    query: "query",
    ec2: "ec2",
    "rest-json": "restJson",
    "rest-xml": "restXml",
    "smithy-rpc-v2-cbor": "rpcv2Cbor",
  };
  return names[String(protocol)] ?? "json11";
}

function namespaceOf(namespace: BotocoreMember["xmlNamespace"]): Pick<Traits, "xmlNamespace"> {
  if (namespace === undefined) return {};
  const { uri, prefix = "" } = typeof namespace === "string" ? { uri: namespace } : namespace;
  return { xmlNamespace: [prefix, uri] };
}

class Converter {
  readonly #model: BotocoreModel;
  readonly #protocol: ProtocolName;
  readonly shapes: ShapeEntry[] = [];
  readonly errors: number[] = [];
  readonly #indexes = new Map<string, number>();

  constructor(model: BotocoreModel, protocol: ProtocolName) {
    this.#model = model;
    this.#protocol = protocol;
  }

  reference(member: BotocoreMember, more: Traits = {}, memberName = ""): Reference {
    const shape = this.#model.shapes[member.shape] as BotocoreShape;
    const traits = { ...this.#memberTraits(member, shape, memberName), ...more };
    const target = this.#target(member, shape);
    return Object.keys(traits).length === 0 ? target : [target, traits];
  }

  /** Old models name the payload where the operation refers to its input. */
  inputReference({ shape, payload }: BotocoreMember & { readonly payload?: string }): Reference {
    if (payload === undefined) return this.reference({ shape });
    const index = this.shapes.length;
    this.shapes.push([0, shape, 0, 0]);
    this.shapes[index] = this.#entry(shape, { ...(this.#model.shapes[shape] as BotocoreShape), payload });
    return ~index;
  }

  shape(name: string): number {
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    const index = this.shapes.length;
    this.#indexes.set(name, index);
    this.shapes.push([0, name, 0, 0]);
    this.shapes[index] = this.#entry(name, this.#model.shapes[name] as BotocoreShape);
    return index;
  }

  #target(member: BotocoreMember, shape: BotocoreShape): Reference {
    if (shape.document) return 15;
    const code = simpleTypes[shape.type];
    if (code === undefined) return ~this.shape(member.shape);
    if (shape.type === "timestamp") {
      return timestampTypes[member.timestampFormat ?? shape.timestampFormat ?? ""] ?? 4;
    }
    return shape.type === "blob" && (member.streaming || shape.streaming) ? 42 : code;
  }

  #memberTraits(reference: BotocoreMember, shape: BotocoreShape, memberName: string): Traits {
    const { location, locationName } = shape;
    const shapeName = locationName === undefined ? {} : { locationName };
    const member = { ...(location === undefined ? {} : { location, ...shapeName }), ...reference };
    const name = member.locationName;
    const common: Traits = {
      ...namespaceOf(member.xmlNamespace),
      ...(member.idempotencyToken ? { idempotencyToken: 1 } : {}),
      ...(member.eventheader ? { eventHeader: 1 } : {}),
      ...(member.eventpayload ? { eventPayload: 1 } : {}),
      ...(member.queryName === undefined ? {} : { ec2QueryName: member.queryName }),
      ...(member.jsonvalue ? { mediaType: "application/json" } : {}),
      ...(member.flattened || shape.flattened ? { xmlFlattened: 1 } : {}),
      ...(member.xmlAttribute || shape.xmlAttribute ? { xmlAttribute: 1 } : {}),
    };
    switch (member.location) {
      case "uri":
        return { ...common, httpLabel: 1 };
      case "querystring":
        return shape.type === "map"
          ? { ...common, httpQueryParams: 1 }
          : { ...common, httpQuery: name ?? memberName };
      case "header":
        return { ...common, httpHeader: name ?? memberName };
      case "headers":
        return { ...common, httpPrefixHeaders: name ?? "" };
      case "statusCode":
        return { ...common, httpResponseCode: 1 };
      default: {
        const isJson = this.#protocol === "restJson";
        const flatName =
          shape.type === "list" && common.xmlFlattened ? shape.member?.locationName : undefined;
        const wire = (this.#protocol === "query" ? flatName : undefined) ?? name;
        return wire === undefined
          ? common
          : { ...common, ...(isJson ? { jsonName: wire } : { xmlName: wire }) };
      }
    }
  }

  #entry(name: string, shape: BotocoreShape): ShapeEntry {
    const xmlName = shape.locationName;
    const traits: CompactTraits = {
      ...namespaceOf(shape.xmlNamespace),
      // botocore does not say which collections may hold nulls, so all may.
      ...(shape.type === "list" || shape.type === "map" ? { sparse: 1 } : {}),
      ...(shape.flattened ? { xmlFlattened: 1 } : {}),
      ...(xmlName === undefined ? {} : { xmlName }),
      ...(shape.eventstream ? { streaming: 1 } : {}),
      ...this.#errorTraits(shape, name),
    };
    if (shape.member) return [1, name, traits, this.reference(shape.member)];
    if (shape.key && shape.value)
      return [2, name, traits, this.reference(shape.key), this.reference(shape.value)];
    const members = Object.entries(shape.members ?? {});
    const isRequired = ([member]: [string, unknown]): boolean => shape.required?.includes(member) ?? false;
    const sorted = [...members.filter(isRequired), ...members.filter((entry) => !isRequired(entry))];
    const types = sorted.map(([member, target]) =>
      this.reference(target, member === shape.payload ? { httpPayload: 1 } : {}, member),
    );
    const names = sorted.map(([member]) => member);
    const kind = shape.union || shape.eventstream ? 4 : shape.exception || shape.error ? -3 : 3;
    return [kind, name, traits, names, types, members.filter(isRequired).length];
  }

  #errorTraits({ error, exception }: BotocoreShape, name: string): Traits {
    if (!exception && !error) return {};
    return {
      error: error?.senderFault === false ? "server" : "client",
      ...(error?.httpStatusCode === undefined ? {} : { httpError: error.httpStatusCode }),
      awsQueryError: [error?.code ?? name, error?.httpStatusCode ?? 400],
    };
  }
}

/** botocore's labels have names of their own; ours are named for their members. */
function withMemberLabels(model: BotocoreModel, input: string | undefined, uri: string): string {
  let result = uri;
  for (const [name, member] of Object.entries(model.shapes[input ?? ""]?.members ?? {})) {
    const label = member.locationName ?? model.shapes[member.shape]?.locationName;
    if (label !== undefined) result = result.replace(`{${label}`, `{${name}`);
  }
  return result;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** A table with one operation. */
export function tableFromBotocore(model: BotocoreModel, operation: BotocoreOperation): ServiceTable {
  const protocol = protocolOf(model.metadata);
  const converter = new Converter(model, protocol);
  const input: Reference = operation.input ? converter.inputReference(operation.input) : "unit";
  const output: Reference = operation.output
    ? converter.reference({ shape: operation.output.shape })
    : "unit";
  for (const [name, shape] of Object.entries(model.shapes)) {
    if (shape.exception || shape.error) converter.errors.push(converter.shape(name));
  }
  const { method = "POST", requestUri: uri = "/", responseCode = 200 } = operation.http ?? {};
  const requestUri = withMemberLabels(model, operation.input?.shape, uri);
  const isRest = protocol === "restJson" || protocol === "restXml";
  const facts: OperationFacts = isRest ? { http: [method, requestUri, responseCode] } : {};
  const namespace = model.metadata["xmlNamespace"];
  return {
    name: "suite",
    namespace: "aws.protocoltests",
    serviceId: "suite",
    version: textOf(model.metadata["apiVersion"]),
    target: textOf(model.metadata["targetPrefix"]),
    protocols: [protocol],
    ...(typeof namespace === "string" ? { xmlNamespace: namespace } : {}),
    ...(model.metadata["awsQueryCompatible"] ? { queryCompatible: true } : {}),
    signing: ["suite"],
    operations: { [operation.name]: [input, output, facts] },
    errors: converter.errors,
    shapes: converter.shapes,
    overlay: { protocols: [], errors: {}, routes: {}, constraints: {}, limits: [], patterns: [], enums: [] },
  };
}
