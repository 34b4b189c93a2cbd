/** AWS::Serverless::CapacityProvider: EC2 capacity for functions, with the role that manages it. */
import { type Dict, isDict } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";
import { coerced, deviations, type Model, required, sentences } from "./model.ts";
import { managedPolicyArn } from "./partition.ts";
import { assumeRolePolicy } from "./policies.ts";
import { copyOf } from "./python/dictionary.ts";
import { given } from "./python/text.ts";
import { arnOf, Resource, tagList } from "./resource.ts";
import type { Sam, SamResource } from "./sam.ts";

const strings: Model = { anyOf: ["map", { list: { anyOf: ["map", "string"] } }] };

const model: Model = {
  members: {
    CapacityProviderName: "any",
    VpcConfig: required({ members: { SecurityGroupIds: strings, SubnetIds: required(strings) } }),
    OperatorRole: "any",
    Tags: "map",
    PropagateTags: "boolean",
    InstanceRequirements: {
      members: { Architectures: strings, AllowedTypes: strings, ExcludedTypes: strings },
    },
    ScalingConfig: {
      members: {
        MaxVCpuCount: { anyOf: ["map", "integer"] },
        AverageCPUUtilization: { anyOf: ["map", "number"] },
      },
    },
    KmsKeyArn: "any",
  },
};

const isThere = (value: unknown): boolean => value !== undefined && value !== null;

export function transformCapacityProvider({ partition }: Sam, provider: SamResource): Resource[] {
  const { id, properties, attributes, shared, dependsOn } = provider;
  check(id, properties);
  const made: Resource[] = [];
  let role = properties["OperatorRole"];
  if (!given(role)) {
    const operator = operatorRole(provider, partition);
    made.push(operator);
    role = arnOf(operator);
  }
  const vpc = properties["VpcConfig"] as Dict;
  made.push(
    new Resource(id, "AWS::Lambda::CapacityProvider", {
      dependsOn,
      attributes: { ...attributes, ...shared },
      properties: {
        ...(given(properties["CapacityProviderName"])
          ? { CapacityProviderName: properties["CapacityProviderName"] }
          : {}),
        VpcConfig: {
          SubnetIds: coerced(vpc["SubnetIds"], "strings"),
          ...(isThere(vpc["SecurityGroupIds"])
            ? { SecurityGroupIds: coerced(vpc["SecurityGroupIds"], "strings") }
            : {}),
        },
        PermissionsConfig: { CapacityProviderOperatorRoleArn: role },
        Tags: createdBySam((properties["Tags"] ?? {}) as Dict),
        InstanceRequirements: instanceRequirements(properties["InstanceRequirements"]),
        CapacityProviderScalingConfig: scaling(properties["ScalingConfig"]),
        ...(given(properties["KmsKeyArn"]) ? { KmsKeyArn: properties["KmsKeyArn"] } : {}),
      },
    }),
  );
  combineTags(made, properties);
  return made;
}

function check(id: string, properties: Dict): void {
  const found = deviations(properties, model);
  if (found.length > 0) throw new InvalidResource(id, sentences(found).join(" "));
  const requirements = properties["InstanceRequirements"];
  if (
    isDict(requirements) &&
    isThere(requirements["AllowedTypes"]) &&
    isThere(requirements["ExcludedTypes"])
  ) {
    throw new InvalidResource(
      id,
      "Cannot specify 'InstanceRequirements.AllowedTypes' and 'InstanceRequirements.ExcludedTypes' together.",
    );
  }
}

function createdBySam(tags: Dict): Dict[] {
  const all = copyOf(tags);
  all["lambda:createdBy"] = "SAM";
  return tagList(all);
}

const operatorRole = ({ id, shared }: SamResource, partition: string): Resource =>
  new Resource(`${id}OperatorRole`, "AWS::IAM::Role", {
    attributes: shared,
    properties: {
      AssumeRolePolicyDocument: assumeRolePolicy("lambda.amazonaws.com"),
      ManagedPolicyArns: [managedPolicyArn(partition, "AWSLambdaManagedEC2ResourceOperator")],
      Tags: createdBySam({}),
    },
  });

function instanceRequirements(value: unknown): Dict | undefined {
  if (!isDict(value) || !Object.values(value).some(isThere)) return undefined;
  const names = {
    Architectures: "Architectures",
    AllowedTypes: "AllowedInstanceTypes",
    ExcludedTypes: "ExcludedInstanceTypes",
  };
  return Object.fromEntries(
    Object.entries(names).flatMap(([own, name]) =>
      isThere(value[own]) ? [[name, coerced(value[own], "strings")]] : [],
    ),
  );
}

function scaling(value: unknown): Dict | undefined {
  if (!isDict(value) || !Object.values(value).some(isThere)) return undefined;
  const target = value["AverageCPUUtilization"];
  return {
    ...(isThere(value["MaxVCpuCount"]) ? { MaxVCpuCount: coerced(value["MaxVCpuCount"], "integer") } : {}),
    ...(isThere(target)
      ? {
          ScalingMode: "Manual",
          ScalingPolicies: [
            {
              PredefinedMetricType: "LambdaCapacityProviderAverageCPUUtilization",
              TargetValue: coerced(target, "number"),
            },
          ],
        }
      : { ScalingMode: "Auto" }),
  };
}

/** The author's tags over those that are there already. */
function combineTags(resources: readonly Resource[], { Tags: tags, PropagateTags: wanted }: Dict): void {
  if (!given(wanted) || !given(tags)) return;
  for (const { properties } of resources) {
    const all = [...((properties["Tags"] ?? []) as Dict[]), ...tagList(tags)];
    properties["Tags"] = tagList(Object.fromEntries(all.map(({ Key, Value }) => [Key, Value])));
  }
}
