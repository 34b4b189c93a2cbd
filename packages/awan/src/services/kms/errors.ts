/** KMS's refusals, with AWS's texts. */
import { AwsError } from "../../kernel/errors.ts";

export const notFound = (message: string): AwsError => new AwsError("NotFoundException", message);
export const invalidState = (arn: string, state: string): AwsError =>
  new AwsError("KMSInvalidStateException", `${arn} is ${state}.`);
export const disabled = (arn: string): AwsError => new AwsError("DisabledException", `${arn} is disabled.`);
/** AWS says nothing more about a ciphertext it cannot read. */
export const invalidCiphertext = (): AwsError => new AwsError("InvalidCiphertextException", "");
export const invalidUsage = (message: string): AwsError => new AwsError("InvalidKeyUsageException", message);
export const validation = (message: string): AwsError => new AwsError("ValidationException", message);
