/** S3's CloudFormation types. */
import type { ResourceProvider } from "../../host/resource.ts";

export const providers: readonly ResourceProvider[] = [];
