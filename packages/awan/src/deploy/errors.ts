/** CloudFormation's refusals, in its words. */
import { AwsError } from "../kernel/errors.ts";

export { validationError } from "./template/value.ts";

export const alreadyExists = (name: string): AwsError =>
  new AwsError("AlreadyExistsException", `Stack [${name}] already exists`);

export const insufficientCapabilities = (needed: readonly string[]): AwsError =>
  new AwsError("InsufficientCapabilitiesException", `Requires capabilities : [${needed.join(", ")}]`);

export const changeSetNotFound = (name: string): AwsError =>
  new AwsError("ChangeSetNotFoundException", `ChangeSet [${name}] does not exist`);

/** A resource that could not be made, in words that go into its event as they are. */
export const resourceFailure = (message: string): AwsError => new AwsError("ResourceFailure", message);
