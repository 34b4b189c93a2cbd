/** The SDK's client module, as types: what operations are typed from. Erased at build. */
import type { Input, Output } from "../../model/operations.ts";

export type Kinesis = typeof import("@aws-sdk/client-kinesis");
export type In<Name extends string> = Input<Kinesis, Name>;
export type Out<Name extends string> = Output<Kinesis, Name>;
