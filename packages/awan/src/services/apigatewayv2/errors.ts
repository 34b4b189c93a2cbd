/** API Gateway v2's refusals, with AWS's texts. */
import { AwsError } from "../../kernel/errors.ts";

export const badRequest = (message: string): AwsError => new AwsError("BadRequestException", message);
export const conflict = (message: string): AwsError => new AwsError("ConflictException", message);
export const notFound = (message: string): AwsError => new AwsError("NotFoundException", message);

export const apiNotFound = (apiId: string): AwsError => notFound(`Invalid API identifier specified ${apiId}`);
export const partNotFound = (kind: string, id: string): AwsError =>
  notFound(`Invalid ${kind} identifier specified ${id}`);
export const stageNotFound = (): AwsError => notFound("Invalid stage identifier specified");
export const domainNotFound = (): AwsError =>
  notFound("The domain name resource specified in the request was not found.");
export const mappingNotFound = (): AwsError =>
  notFound("The api mapping resource specified in the request was not found.");
