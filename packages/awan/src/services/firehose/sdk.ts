/** The SDK's client module, as types: what operations are typed from. Erased at build. */
import type { Input, Output } from "../../model/operations.ts";

export type Firehose = typeof import("@aws-sdk/client-firehose");
export type In<Name extends string> = Input<Firehose, Name>;
export type Out<Name extends string> = Output<Firehose, Name>;
