/** What an event is for: a function (or its alias) with the role that may need another permission. */
import type { Dict } from "../../template/value.ts";
import { InvalidEvent } from "../errors.ts";
import { hashedId } from "../logical-id.ts";
import { make, type Made, type Sam } from "../sam.ts";

export interface RoleDraft {
  readonly managedPolicyArns: unknown[];
  readonly policies: unknown[];
}

export interface EventOwner {
  readonly sam: Sam;
  /** Of the function, whatever is called. */
  readonly functionId: string;
  /** Of what is called: the function, or its alias. */
  readonly calledId: string;
  /** Ref of the function or alias: its name, or the alias's ARN. */
  readonly name: Dict;
  readonly arn: Dict;
  readonly attributes: Dict;
  readonly condition: string | undefined;
  readonly role: RoleDraft | undefined;
}

export interface SamEvent {
  /** As in the template. */
  readonly id: string;
  /** Owner's id and event's id. */
  readonly logicalId: string;
  readonly properties: Dict;
}

export type EventHandler = (owner: EventOwner, event: SamEvent) => Made[];

export interface PermissionOptions {
  readonly principal: string;
  readonly sourceArn?: unknown;
  readonly sourceAccount?: unknown;
  readonly eventSourceToken?: unknown;
  readonly suffix?: string;
  readonly prefix?: string;
}

export function permission(owner: EventOwner, event: SamEvent, options: PermissionOptions): Made {
  const prefix = `${options.prefix ?? event.logicalId}Permission`;
  const suffix = options.suffix ?? "";
  const id = /^[A-Za-z0-9]+$/.test(suffix) ? prefix + suffix : hashedId(prefix, suffix);
  return make(
    id,
    "AWS::Lambda::Permission",
    {
      Action: "lambda:InvokeFunction",
      FunctionName: owner.name,
      Principal: options.principal,
      SourceArn: options.sourceArn,
      SourceAccount: options.sourceAccount,
      EventSourceToken: options.eventSourceToken,
    },
    owner.attributes,
  );
}

export function required(event: SamEvent, ...names: readonly string[]): void {
  for (const name of names) {
    if (event.properties[name] === undefined || event.properties[name] === null) {
      throw new InvalidEvent(event.id, `Missing required property '${name}'.`);
    }
  }
}
