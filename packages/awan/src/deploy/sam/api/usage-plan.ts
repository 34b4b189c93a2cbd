/** A REST API's usage plan with its key, its own or the shared one. */
import { type Dict, isDict, deepEqual } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { ref } from "../intrinsics.ts";
import { keysOf } from "../python/dictionary.ts";
import { given, printed } from "../python/text.ts";
import { Resource } from "../resource.ts";
import type { Sam, SamResource } from "../sam.ts";
import { byteStrings } from "../python/byte-string.ts";

const planProperties = ["CreateUsagePlan", "Description", "Quota", "Tags", "Throttle", "UsagePlanName"];
const kinds = ["SHARED", "PER_API", "NONE"];

export function usagePlanOf(
  sam: Sam,
  api: SamResource,
  { plan, stage }: { plan: unknown; stage: Resource },
): Resource[] {
  if (plan === undefined || plan === null) return [];
  if (!isDict(plan)) throw new InvalidResource(api.id, "'UsagePlan' must be a dictionary");
  if (!keysOf(plan).every((key) => planProperties.includes(key))) {
    throw new InvalidResource(api.id, "Invalid property for 'UsagePlan'");
  }
  const kind = plan["CreateUsagePlan"];
  if (kind === undefined || kind === null) {
    throw new InvalidResource(api.id, "'CreateUsagePlan' is a required field for UsagePlan.");
  }
  if (typeof kind !== "string" || !kinds.includes(kind)) {
    throw new InvalidResource(api.id, `'CreateUsagePlan' accepts one of ${printed(byteStrings(kinds))}.`);
  }
  if (kind === "NONE") return [];
  const made = kind === "PER_API" ? ownPlan(api, stage) : sharedPlan(sam, api, stage);
  for (const name of ["UsagePlanName", "Description", "Quota", "Tags", "Throttle"]) {
    if (given(plan[name])) made.plan.properties[name] = plan[name];
  }
  return [made.plan, made.key, made.planKey];
}

interface Plan {
  readonly plan: Resource;
  readonly key: Resource;
  readonly planKey: Resource;
}

function ownPlan({ id, shared }: SamResource, stage: Resource): Plan {
  return planOf({
    ids: [`${id}UsagePlan`, `${id}ApiKey`, `${id}UsagePlanKey`],
    dependsOn: [id],
    apiStages: [{ ApiId: ref(id), Stage: ref(stage.id) }],
    stageKeys: [{ RestApiId: ref(id), StageName: ref(stage.id) }],
    attributes: () => shared,
  });
}

function addOnce<Item>(list: Item[], item: Item): void {
  if (!list.some((each) => deepEqual(each, item))) list.push(item);
}

function sharedPlan({ usagePlan, output }: Sam, { id, shared }: SamResource, stage: Resource): Plan {
  addOnce(usagePlan.apis, id);
  addOnce(usagePlan.apiStages, { ApiId: ref(id), Stage: ref(stage.id) });
  addOnce(usagePlan.stageKeys, { RestApiId: ref(id), StageName: ref(stage.id) });
  const conditions = output["Conditions"];
  return planOf({
    ids: ["ServerlessUsagePlan", "ServerlessApiKey", "ServerlessUsagePlanKey"],
    dependsOn: usagePlan.apis,
    apiStages: usagePlan.apiStages,
    stageKeys: usagePlan.stageKeys,
    attributes: () => usagePlan.attributes(shared, isDict(conditions) ? conditions : undefined),
  });
}

function planOf(parts: {
  ids: readonly [plan: string, key: string, planKey: string];
  dependsOn: readonly string[];
  apiStages: readonly Dict[];
  stageKeys: readonly Dict[];
  attributes: () => Dict;
}): Plan {
  const [planId, keyId, planKeyId] = parts.ids;
  const plan = new Resource(planId, "AWS::ApiGateway::UsagePlan", {
    dependsOn: [...parts.dependsOn],
    attributes: parts.attributes(),
    properties: { ApiStages: [...parts.apiStages] },
  });
  const key = new Resource(keyId, "AWS::ApiGateway::ApiKey", {
    dependsOn: [planId],
    attributes: parts.attributes(),
    properties: { Enabled: true, StageKeys: [...parts.stageKeys] },
  });
  const planKey = new Resource(planKeyId, "AWS::ApiGateway::UsagePlanKey", {
    dependsOn: [keyId],
    attributes: parts.attributes(),
    properties: { KeyId: ref(keyId), KeyType: "API_KEY", UsagePlanId: ref(planId) },
  });
  return { plan, key, planKey };
}
