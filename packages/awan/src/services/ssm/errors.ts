/** Parameter Store's refusals, with AWS's texts. */
import { AwsError } from "../../kernel/errors.ts";

export const validation = (message: string): AwsError => new AwsError("ValidationException", message);
/** AWS sends no message with this one. */
export const parameterNotFound = (): AwsError => new AwsError("ParameterNotFound", "");
export const versionNotFound = (message: string): AwsError =>
  new AwsError("ParameterVersionNotFound", message);
