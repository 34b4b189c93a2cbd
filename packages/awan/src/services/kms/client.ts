/** Types of this service's operations, read off the SDK's client. */
import type { Input as InputOf, Output as OutputOf } from "../../model/operations.ts";

export type Client = typeof import("@aws-sdk/client-kms");
export type Input<Name extends string> = InputOf<Client, Name>;
export type Output<Name extends string> = OutputOf<Client, Name>;
