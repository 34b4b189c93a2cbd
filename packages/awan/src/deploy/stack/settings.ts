/** From a request's members to what a stack is to be. */
import type { StackSettings } from "../keys.ts";
import type { Preparation } from "./prepare.ts";

interface SettingsInput {
  readonly Tags?:
    | readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]
    | undefined;
  readonly Capabilities?: readonly string[] | undefined;
  readonly NotificationARNs?: readonly string[] | undefined;
  readonly RoleARN?: string | undefined;
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
  };
}

/** Only the settings of a row that has more, such as a change set's: what is spread into the stack is just these. */
export function settingsOf(row: StackSettings): StackSettings {
  const { parameters, tags, capabilities, notificationArns, roleArn, description } = row;
  return { parameters, tags, capabilities, notificationArns, roleArn, description };
}
