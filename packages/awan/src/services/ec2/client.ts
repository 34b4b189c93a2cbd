/** The SDK client whose types the operations carry. */
import type { Input as InputOf, Output as OutputOf } from "../../model/operations.ts";

export type Client = typeof import("@aws-sdk/client-ec2");
export type In<Name extends string> = InputOf<Client, Name>;
export type Out<Name extends string> = OutputOf<Client, Name>;
