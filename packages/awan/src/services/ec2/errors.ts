/** EC2's refusals, in its words. */
import { AwsError } from "../../kernel/errors.ts";
import type { Kind } from "./kinds.ts";

export const notFound = (kind: Kind, id: string): AwsError =>
  new AwsError(kind.notFound, `The ${kind.noun} ID '${id}' does not exist`);

export const missingParameter = (name: string): AwsError =>
  new AwsError("MissingParameter", `The request must contain the parameter ${name}`);

export const invalidParameter = (message: string): AwsError => new AwsError("InvalidParameterValue", message);

export const dependencyViolation = (noun: string, id: string): AwsError =>
  new AwsError("DependencyViolation", `The ${noun} '${id}' has dependencies and cannot be deleted.`);
