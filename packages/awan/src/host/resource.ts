/**
 * A CloudFormation resource type, as a service provides it in its `resource.ts`: through the same operations a user
 * would call. The deployment engine owns order, retries, rollback and events; a provider only knows its type.
 */
import type { Call } from "./call.ts";
import type { Answer } from "./service.ts";

export type Properties = Readonly<Record<string, unknown>>;

export interface ResourceState {
  /** What `Ref` gives, and what the provider is handed back on update and delete. */
  readonly physicalId: string;
  /** Values of `Fn::GetAtt`, by attribute name; nested names with dots. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface ResourceRequest {
  readonly logicalId: string;
  /** Intrinsics resolved. Names and types were checked against `properties` before. */
  readonly properties: Properties;
  readonly stack: {
    readonly name: string;
    readonly id: string;
    readonly tags: Readonly<Record<string, string>>;
  };
  /** A name AWS would generate: `stack-logicalId-8CHARS`, shortened to `lengthMax`, in lower case if asked. */
  readonly generateName: (options: {
    readonly lengthMax: number;
    readonly lowerCase?: boolean;
    readonly suffix?: string;
  }) => string;
}

export interface UpdateRequest extends ResourceRequest {
  readonly physicalId: string;
  readonly previousProperties: Properties;
}

export interface DeleteRequest extends ResourceRequest {
  readonly physicalId: string;
}

/** How a property behaves on update: in place, or only by a new resource that replaces the old one. */
export type PropertyKind = "mutable" | "replace";

export interface ResourceProvider {
  /** `AWS::SQS::Queue`. */
  readonly type: string;
  /** Every property AWS documents for the type that Awan honours or harmlessly stores. Others are refused by name. */
  readonly properties: Readonly<Record<string, PropertyKind>>;
  readonly required?: readonly string[];
  create(call: Call, request: ResourceRequest): Answer<ResourceState>;
  /** Called only when no `replace` property changed. */
  update(call: Call, request: UpdateRequest): Answer<ResourceState>;
  /** Deleting what is already gone succeeds. */
  delete(call: Call, request: DeleteRequest): Answer<void>;
}
