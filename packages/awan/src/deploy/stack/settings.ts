/** From a request's members to what a stack is to be. */
import type { RollbackConfigurationRow, StackSettings } from "../keys.ts";
import { validationError } from "../template/value.ts";
import type { Preparation } from "./prepare.ts";

interface SettingsInput {
  readonly Tags?:
    | readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]
    | undefined;
  readonly Capabilities?: readonly string[] | undefined;
  readonly NotificationARNs?: readonly string[] | undefined;
  readonly RoleARN?: string | undefined;
  readonly RollbackConfiguration?: RollbackConfiguration | undefined;
}

interface RollbackConfiguration {
  readonly RollbackTriggers?:
    | readonly { readonly Arn: string | undefined; readonly Type: string | undefined }[]
    | undefined;
  readonly MonitoringTimeInMinutes?: number | undefined;
}

/** Settings for a new stack, or for an update of one with `previous` settings. */
export function settingsFrom(
  input: SettingsInput,
  prepared: Preparation,
  previous?: StackSettings,
): StackSettings {
  return {
    parameters: prepared.parameters,
    tags:
      input.Tags === undefined || (input.Tags.length === 0 && previous !== undefined)
        ? (previous?.tags ?? {})
        : Object.fromEntries(input.Tags.map(({ Key, Value }) => [Key ?? "", Value ?? ""])),
    capabilities: input.Capabilities ?? [],
    notificationArns: input.NotificationARNs ?? previous?.notificationArns ?? [],
    roleArn: input.RoleARN ?? previous?.roleArn ?? null,
    description: prepared.result?.template.description ?? null,
    rollbackConfiguration:
      input.RollbackConfiguration === undefined
        ? (previous?.rollbackConfiguration ?? null)
        : rollbackConfigurationFrom(input.RollbackConfiguration),
  };
}

/** Only the settings of a row that has more, such as a change set's: what is spread into the stack is just these. */
export function settingsOf(row: StackSettings): StackSettings {
  const { parameters, tags, capabilities, notificationArns, roleArn, description } = row;
  const { rollbackConfiguration } = row;
  return { parameters, tags, capabilities, notificationArns, roleArn, description, rollbackConfiguration };
}

/** @throws AwsError ValidationError for triggers that are no alarms. */
function rollbackConfigurationFrom(input: RollbackConfiguration): RollbackConfigurationRow | null {
  const triggers = (input.RollbackTriggers ?? []).map(({ Arn, Type }) => ({
    arn: Arn ?? "",
    type: Type ?? "",
  }));
  for (const { arn, type } of triggers) {
    if (type !== "AWS::CloudWatch::Alarm" && type !== "AWS::CloudWatch::CompositeAlarm") {
      throw validationError("Rollback Trigger Type not supported");
    }
    if (!arn.split(":").slice(5).join(":").startsWith("alarm:")) {
      throw validationError("RelativeId of a Rollback Trigger's ARN is incorrect");
    }
  }
  const monitoringMinutes = input.MonitoringTimeInMinutes ?? null;
  return triggers.length === 0 && monitoringMinutes === null ? null : { triggers, monitoringMinutes };
}

/** As answers tell it. */
export const rollbackConfigurationOf = (
  row: StackSettings,
): { RollbackTriggers?: { Arn: string; Type: string }[]; MonitoringTimeInMinutes?: number } => {
  const own = row.rollbackConfiguration ?? null;
  if (own === null) return {};
  return {
    ...(own.triggers.length === 0
      ? {}
      : { RollbackTriggers: own.triggers.map(({ arn, type }) => ({ Arn: arn, Type: type })) }),
    ...(own.monitoringMinutes === null ? {} : { MonitoringTimeInMinutes: own.monitoringMinutes }),
  };
};
