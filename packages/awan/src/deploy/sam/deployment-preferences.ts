/** Gradual deployments of functions: one CodeDeploy application and role for all, a deployment group for each. */
import { deepEqual, type Dict, isDict, isIntrinsic } from "../template/value.ts";
import { InvalidResource } from "./errors.ts";
import { combinedConditions, getAtt, isIf, isNoValue, partsOfIf, ref, sub } from "./intrinsics.ts";
import { managedPolicyArn } from "./partition.ts";
import { assumeRolePolicy } from "./policies.ts";
import { given } from "./python/text.ts";
import { Resource, tagList } from "./resource.ts";

const applicationId = "ServerlessDeploymentApplication";
const roleId = "CodeDeployServiceRole";
const conditionName = "ServerlessCodeDeployCondition";
const predefined = [
  "Canary10Percent5Minutes",
  "Canary10Percent10Minutes",
  "Canary10Percent15Minutes",
  "Canary10Percent30Minutes",
  "Linear10PercentEvery1Minute",
  "Linear10PercentEvery2Minutes",
  "Linear10PercentEvery3Minutes",
  "Linear10PercentEvery10Minutes",
  "AllAtOnce",
];

interface Preference {
  readonly type: unknown;
  readonly hooks: Dict;
  readonly alarms: unknown;
  readonly role: unknown;
  readonly triggers: unknown;
  readonly condition: string | undefined;
  readonly tags: Dict | undefined;
}

export interface PreferenceInput {
  /** `DeploymentPreference`, its intrinsic functions resolved. */
  readonly config: Dict;
  readonly condition: unknown;
  readonly tags: unknown;
  readonly propagatesTags: unknown;
}

export class DeploymentPreferences {
  /** By function; those not enabled have none. */
  readonly #preferences = new Map<string, Preference | undefined>();

  /** @returns whether deployments of this function are gradual. */
  add(functionId: string, { config, condition, tags, propagatesTags }: PreferenceInput): boolean {
    const enabled = "Enabled" in config ? config["Enabled"] : true;
    if (!given(enabled) || enabled === "false" || enabled === "False") {
      this.#preferences.set(functionId, undefined);
      return false;
    }
    if (!("Type" in config)) {
      throw new InvalidResource(functionId, "'DeploymentPreference' is missing required Property 'Type'");
    }
    const hooks = "Hooks" in config ? config["Hooks"] : {};
    if (!isDict(hooks)) {
      throw new InvalidResource(
        functionId,
        "'Hooks' property of 'DeploymentPreference' must be a dictionary",
      );
    }
    this.#preferences.set(functionId, {
      type: config["Type"],
      hooks,
      alarms: config["Alarms"],
      role: config["Role"],
      triggers: config["TriggerConfigurations"],
      condition:
        given(config["PassthroughCondition"]) && typeof condition === "string" ? condition : undefined,
      tags: given(propagatesTags) && given(tags) ? (tags as Dict) : undefined,
    });
    return true;
  }

  get #enabled(): [string, Preference][] {
    return [...this.#preferences].filter((entry): entry is [string, Preference] => entry[1] !== undefined);
  }

  get #conditions(): string[] {
    return [...new Set(this.#enabled.flatMap(([, { condition }]) => condition ?? []))];
  }

  /** The condition on which application and role exist: when every gradual deployment has one. */
  get #condition(): Dict {
    if (this.#enabled.some(([, { condition }]) => condition === undefined)) return {};
    const conditions = this.#conditions;
    return { Condition: conditions.length > 1 ? conditionName : conditions[0] };
  }

  get anyEnabled(): boolean {
    return this.#enabled.length > 0;
  }

  /** Conditions that application and role need, to be added to the template's. */
  get conditions(): Dict {
    return this.#enabled.every(([, { condition }]) => condition !== undefined)
      ? combinedConditions(this.#conditions, conditionName)
      : {};
  }

  /** The application and, unless every function brings its own, the role. */
  sharedResources(partition: string): Resource[] {
    const tags = Object.assign({}, ...this.#enabled.map(([, preference]) => preference.tags ?? {})) as Dict;
    const tagged = given(tags) ? { Tags: tagList(tags) } : {};
    const attributes = this.#condition;
    const application = new Resource(applicationId, "AWS::CodeDeploy::Application", {
      attributes,
      properties: { ComputePlatform: "Lambda", ...tagged },
    });
    if (this.#enabled.every(([, { role }]) => given(role))) return [application];
    const isIsolated = partition === "aws-iso" || partition === "aws-iso-b";
    const policy = `service-role/AWSCodeDeployRoleForLambda${isIsolated ? "Limited" : ""}`;
    const role = new Resource(roleId, "AWS::IAM::Role", {
      attributes,
      properties: {
        AssumeRolePolicyDocument: assumeRolePolicy("codedeploy.amazonaws.com"),
        ManagedPolicyArns: [managedPolicyArn(partition, policy)],
        ...tagged,
      },
    });
    return [application, role];
  }

  get functionIds(): string[] {
    return this.#enabled.map(([id]) => id);
  }

  group(functionId: string): Resource {
    const preference = this.#preferences.get(functionId) as Preference;
    return new Resource(`${functionId}DeploymentGroup`, "AWS::CodeDeploy::DeploymentGroup", {
      attributes: preference.condition === undefined ? {} : { Condition: preference.condition },
      properties: {
        AlarmConfiguration: alarmConfiguration(functionId, preference.alarms),
        ApplicationName: ref(applicationId),
        AutoRollbackConfiguration: {
          Enabled: true,
          Events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
        },
        DeploymentConfigName: configurationName(preference.type),
        DeploymentStyle: { DeploymentType: "BLUE_GREEN", DeploymentOption: "WITH_TRAFFIC_CONTROL" },
        ServiceRoleArn: given(preference.role) ? preference.role : getAtt(roleId, "Arn"),
        ...(given(preference.triggers) ? { TriggerConfigurations: preference.triggers } : {}),
        ...(preference.tags === undefined ? {} : { Tags: tagList(preference.tags) }),
      },
    });
  }

  /** How an alias of the function is updated. */
  updatePolicy(functionId: string): Dict {
    const { hooks } = this.#preferences.get(functionId) as Preference;
    this.group(functionId);
    const update: Dict = {
      ApplicationName: ref(applicationId),
      DeploymentGroupName: ref(`${functionId}DeploymentGroup`),
      BeforeAllowTrafficHook: hooks["PreTraffic"],
      AfterAllowTrafficHook: hooks["PostTraffic"],
    };
    return {
      CodeDeployLambdaAliasUpdate: Object.fromEntries(
        Object.entries(update).filter(([, value]) => !isNothing(value)),
      ),
    };
  }
}

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || deepEqual(value, { Ref: null });

function alarmConfiguration(functionId: string, alarms: unknown): unknown {
  if (!given(alarms) || isNoValue(alarms)) return undefined;
  const refuse = (message: string): never => {
    throw new InvalidResource(functionId, message);
  };
  const build = (list: unknown): Dict => {
    if (!Array.isArray(list)) return refuse("Alarms must be a list");
    return list.length === 0 || isNoValue(list[0])
      ? {}
      : { Enabled: true, Alarms: list.map((alarm: unknown) => ({ Name: alarm })) };
  };
  if (!isIf(alarms)) return build(alarms);
  const parts = partsOfIf(alarms);
  return typeof parts === "string"
    ? refuse(parts)
    : { "Fn::If": [parts[0], build(parts[1]), build(parts[2])] };
}

/** Names of CodeDeploy's own configurations get its prefix, wherever in an intrinsic function they stand. */
function configurationName(value: unknown, key?: string): unknown {
  if (Array.isArray(value)) return value.map((item) => configurationName(item));
  if (isIntrinsic(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, configurationName(member, name)]),
    );
  }
  if (typeof value !== "string" || !predefined.includes(value)) return value;
  const made = sub("CodeDeployDefault.Lambda${ConfigName}", { ConfigName: value });
  return key === "Fn::Sub" ? made["Fn::Sub"] : made;
}
