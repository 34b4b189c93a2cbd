/**
 * APIs that nobody declares: events without an API of their own share one. The documents of all APIs that SAM manages get
 * the paths and methods of their events here, before globals are merged and before any event is made.
 */
import { type Dict, isDict } from "../../template/value.ts";
import type { ApiDocument } from "../api/document.ts";
import { InvalidDocument, InvalidEvent, InvalidResource } from "../errors.ts";
import { expectMap, expectString, expectValue } from "../expect.ts";
import { apiIdOf } from "../intrinsics.ts";
import { at, deepCopy, dictionary, entriesOf, put, remove, update } from "../python/dictionary.ts";
import { given } from "../python/text.ts";
import { ImplicitConditions } from "./implicit-conditions.ts";

type EditableDocument = ApiDocument & { result(): Dict };

export interface ImplicitApiKind {
  readonly apiType: string;
  readonly eventType: string;
  /** The member of an event that names its API. */
  readonly idMember: string;
  readonly logicalId: string;
  readonly conditionName: string;
  readonly generate: () => Dict;
  readonly isDocument: (value: unknown) => boolean;
  readonly edit: (document: unknown) => EditableDocument;
  /** Members of an event that must be there, filled in if the kind has defaults. */
  readonly complete?: (properties: Dict) => void;
  /** Whether events without properties are of no concern. */
  readonly skipsEmpty: boolean;
  readonly after?: (context: EventContext) => void;
}

export interface EventContext {
  readonly template: Dict;
  readonly resources: Record<string, Dict>;
  readonly apiId: string;
  readonly eventId: string;
  readonly properties: Dict;
  readonly condition: unknown;
}

const ownerTypes = ["AWS::Serverless::Function", "AWS::Serverless::StateMachine"];

export function prepareImplicitApi(template: Dict, kind: ImplicitApiKind): void {
  const resources = template["Resources"] as Record<string, Dict>;
  const { logicalId } = kind;
  const existing = deepCopy(resources[logicalId]);
  put(resources, logicalId, kind.generate());
  const conditions = new ImplicitConditions();
  const problems: InvalidResource[] = [];
  for (const [id, resource] of entriesOf(resources) as [string, Dict][]) {
    if (!ownerTypes.includes(resource["Type"] as string)) continue;
    try {
      readEvents(template, kind, { owner: resource, conditions });
    } catch (error) {
      if (!(error instanceof InvalidEvent)) throw error;
      problems.push(new InvalidResource(id, error.report));
    }
  }
  conditions.addToApi(template, kind);
  addConditionsToPaths(template, kind, conditions);
  const made = resources[logicalId] as Dict;
  const body = (made["Properties"] as Dict)["DefinitionBody"] as Dict;
  if (Object.keys(at(body, "paths") as Dict).length === 0) {
    if (existing === undefined) remove(resources, logicalId);
    else put(resources, logicalId, existing);
  }
  if (problems.length > 0) throw new InvalidDocument(problems);
}

function readEvents(
  template: Dict,
  kind: ImplicitApiKind,
  { owner, conditions }: { owner: Dict; conditions: ImplicitConditions },
): void {
  const ownerProperties = owner["Properties"];
  if (!isDict(ownerProperties) || !isDict(ownerProperties["Events"])) return;
  const events = dictionary();
  for (const [id, event] of entriesOf(ownerProperties["Events"])) {
    if (isDict(event) && event["Type"] === kind.eventType) put(events, id, event);
  }
  const entries = entriesOf(events) as [string, Dict][];
  if (entries.length === 0) return;
  for (const [id, event] of entries) {
    const properties = "Properties" in event ? event["Properties"] : {};
    if (!given(properties) && kind.skipsEmpty) continue;
    expectMap(properties, { id, path: "", of: "event" }, "Properties should be a map.");
    if (!given(properties)) event["Properties"] = properties;
    readEvent(template, kind, { owner, conditions, id, properties });
  }
  update(ownerProperties["Events"], events);
}

function readEvent(
  template: Dict,
  kind: ImplicitApiKind,
  {
    owner,
    conditions,
    id,
    properties,
  }: { owner: Dict; conditions: ImplicitConditions; id: string; properties: Dict },
): void {
  const { idMember } = kind;
  const resources = template["Resources"] as Record<string, Dict>;
  if (!(idMember in properties)) {
    propagateTags(template, kind, owner);
    put(properties, idMember, { Ref: kind.logicalId });
  }
  kind.complete?.(properties);
  const apiId = apiIdOf(properties[idMember]);
  const { Path: path, Method: method } = properties;
  const place = (member: string): { id: string; path: string; of: "event" } => ({
    id,
    path: member,
    of: "event",
  });
  expectValue(path, place("Path"));
  expectValue(method, place("Method"));
  expectString(apiId, place(idMember));
  expectString(path, place("Path"));
  expectString(method, place("Method"));
  conditions.add({ apiId, path, method, owner });
  addToDocument(resources, kind, { apiId, eventId: id, path, method });
  kind.after?.({ template, resources, apiId, eventId: id, properties, condition: owner["Condition"] });
}

/** Tags of a function go to the API made for it, if they are to be propagated. */
function propagateTags(template: Dict, { logicalId }: ImplicitApiKind, owner: Dict): void {
  const resources = template["Resources"] as Record<string, Dict>;
  const globals = isDict(template["Globals"]) ? template["Globals"] : {};
  const section = globals[(owner["Type"] as string).replace("AWS::Serverless::", "")];
  const shared = isDict(section) ? section : {};
  const own = owner["Properties"] as Dict;
  const either = (name: string): unknown => (given(own[name]) ? own[name] : shared[name]);
  const tags = either("Tags");
  if (!given(tags) || !given(either("PropagateTags"))) return;
  const api = resources[logicalId]?.["Properties"] as Dict;
  api["Tags"] ??= {};
  update(api["Tags"] as Dict, tags as Dict);
  api["PropagateTags"] = true;
}

function addToDocument(
  resources: Record<string, Dict>,
  kind: ImplicitApiKind,
  { apiId, eventId, path, method }: { apiId: string; eventId: string; path: string; method: string },
): void {
  const api = Object.hasOwn(resources, apiId) ? resources[apiId] : undefined;
  const isOfOtherKind =
    api?.["Type"] === "AWS::Serverless::HttpApi" && kind.apiType !== "AWS::Serverless::HttpApi";
  if (api === undefined || isOfOtherKind) {
    throw new InvalidEvent(
      eventId,
      `${kind.idMember} must be a valid reference to an '${kind.apiType}' resource in same template.`,
    );
  }
  const properties = api["Properties"];
  if (!isDict(properties) || !kind.isDocument(properties["DefinitionBody"])) return;
  if (!given(properties["__MANAGE_SWAGGER"])) return;
  const document = kind.edit(properties["DefinitionBody"]);
  document.addPath(path, method);
  put(properties, "DefinitionBody", document.result());
}

function addConditionsToPaths(template: Dict, kind: ImplicitApiKind, conditions: ImplicitConditions): void {
  const resources = template["Resources"] as Record<string, Dict>;
  for (const [apiId, api] of entriesOf(resources) as [string, Dict][]) {
    const properties = api["Properties"];
    if (api["Type"] !== kind.apiType || !isDict(properties) || !given(properties["__MANAGE_SWAGGER"]))
      continue;
    const document = kind.edit(properties["DefinitionBody"]);
    for (const path of document.pathNames()) {
      const condition = conditions.ofPath(template, apiId, path);
      if (condition !== undefined) document.makeConditional(path, condition);
    }
    put(properties, "DefinitionBody", document.result());
  }
}
