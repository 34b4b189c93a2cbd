/** Usage plans with their API key: one for each API, or one that all share. */
import { deepEqual, type Dict, isDict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";
import { derivedAttributes, make, type Made, ref, type Sam, type SamResource } from "../sam.ts";

const names = ["CreateUsagePlan", "Description", "Quota", "Tags", "Throttle", "UsagePlanName"];

export function usagePlan(sam: Sam, { id, raw }: SamResource, auth: Dict, stageId: string): Made[] {
  const plan = auth["UsagePlan"];
  if (plan === undefined || plan === null) return [];
  if (!isDict(plan)) throw new InvalidResource(id, "'UsagePlan' must be a dictionary");
  if (!Object.keys(plan).every((key) => names.includes(key))) {
    throw new InvalidResource(id, "Invalid property for 'UsagePlan'");
  }
  const create = plan["CreateUsagePlan"];
  if (create === undefined)
    throw new InvalidResource(id, "'CreateUsagePlan' is a required field for UsagePlan.");
  if (create !== "SHARED" && create !== "PER_API" && create !== "NONE") {
    throw new InvalidResource(id, "'CreateUsagePlan' accepts one of ['SHARED', 'PER_API', 'NONE'].");
  }
  if (create === "NONE") return [];
  const shared = create === "SHARED";
  const prefix = shared ? "Serverless" : id;
  const [planId, keyId] = [`${prefix}UsagePlan`, `${prefix}ApiKey`];
  const before = shared ? sam.resources[planId] : undefined;
  const attributes = derivedAttributes(raw);
  const { CreateUsagePlan: _create, ...own } = plan;
  sam.references.set(`${id}.UsagePlan`, planId);
  sam.references.set(`${id}.ApiKey`, keyId);
  sam.references.set(`${id}.UsagePlanKey`, `${planId}Key`);
  const order = (before?.["DependsOn"] ?? []) as string[];
  return [
    make(
      planId,
      "AWS::ApiGateway::UsagePlan",
      { ...own, ApiStages: more("ApiStages", before, { ApiId: ref(id), Stage: ref(stageId) }) },
      { ...attributes, DependsOn: [...new Set([...order, id])] },
    ),
    make(
      keyId,
      "AWS::ApiGateway::ApiKey",
      {
        Enabled: true,
        StageKeys: more("StageKeys", shared ? sam.resources[keyId] : undefined, {
          RestApiId: ref(id),
          StageName: ref(stageId),
        }),
      },
      { ...attributes, DependsOn: [planId] },
    ),
    make(
      `${planId}Key`,
      "AWS::ApiGateway::UsagePlanKey",
      { KeyId: ref(keyId), KeyType: "API_KEY", UsagePlanId: ref(planId) },
      { ...attributes, DependsOn: [keyId] },
    ),
  ];
}

const more = (key: string, resource: Dict | undefined, item: Dict): Dict[] => {
  const properties = resource?.["Properties"] as Dict | undefined;
  const list = (properties?.[key] ?? []) as Dict[];
  return list.some((known) => deepEqual(known, item)) ? list : [...list, item];
};
