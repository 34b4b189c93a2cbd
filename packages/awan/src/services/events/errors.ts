/** The errors EventBridge answers with, worded as AWS words them. */
import { AwsError } from "../../kernel/errors.ts";

export const validation = (message: string): AwsError => new AwsError("ValidationException", message);
export const invalidParameter = (name: string, reason?: string): AwsError =>
  validation(`Parameter ${name} is not valid.${reason === undefined ? "" : ` Reason: ${reason}`}`);
export const notFound = (message: string): AwsError => new AwsError("ResourceNotFoundException", message);
export const busNotFound = (name: string): AwsError => notFound(`Event bus ${name} does not exist.`);
export const ruleNotFound = (rule: string, bus: string): AwsError =>
  notFound(`Rule ${rule} does not exist on EventBus ${bus}.`);
export const alreadyExists = (what: string): AwsError =>
  new AwsError("ResourceAlreadyExistsException", `${what} already exists.`);
export const limitExceeded = (): AwsError =>
  new AwsError("LimitExceededException", "The requested resource exceeds the maximum number allowed.");
export const invalidPattern = (reason: string): AwsError =>
  new AwsError("InvalidEventPatternException", `Event pattern is not valid. Reason: ${reason}`);
