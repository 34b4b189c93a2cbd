/** The types of Lambda's operations, by name. */
import type { Input, Output } from "../../model/operations.ts";

export type LambdaSdk = typeof import("@aws-sdk/client-lambda");
export type In<Name extends string> = Input<LambdaSdk, Name>;
export type Out<Name extends string> = Output<LambdaSdk, Name>;
