/** The SDK's client module, as a type: what operations are typed from. Erased at build. */
import type { Input, Output } from "../../model/operations.ts";

export type Events = typeof import("@aws-sdk/client-eventbridge");
export type In<Name extends string> = Input<Events, Name>;
export type Out<Name extends string> = Output<Events, Name>;
