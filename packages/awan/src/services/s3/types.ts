/** The SDK's types of S3's operations, by name. */
import type * as model from "../../model/operations.ts";

export type Client = typeof import("@aws-sdk/client-s3");
export type Input<Name extends model.OperationName<Client>> = model.Input<Client, Name>;
export type Output<Name extends model.OperationName<Client>> = model.Output<Client, Name>;
