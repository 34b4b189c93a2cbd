/**
 * Types of operations, taken from the SDK's client packages with `import type` (erased at build, nothing generated):
 * `satisfies Operations<typeof import("@aws-sdk/client-sqs")>` ties each operation's name to its input and output.
 */
import type { Readable } from "node:stream";
import type { Call } from "../host/call.ts";
import type { BlobRange } from "../host/http.ts";
import type { Answer } from "../host/service.ts";

/** Input and output of a command class, read off the instance: commands whose members are all optional have two constructors. */
type InputOutput<Command> = Command extends abstract new (...args: never) => infer Instance
  ? Instance extends {
      input: infer In;
      resolveMiddleware: (...args: never) => (...args: never) => Promise<{ output: infer Out }>;
    }
    ? [In, Out]
    : never
  : never;

type CommandOf<Client, Name extends string> = `${Name}Command` extends keyof Client
  ? Client[`${Name}Command`]
  : never;

export type OperationName<Client> = Exclude<
  {
    [Key in keyof Client]: Key extends `${infer Name}Command` ? (Name extends "$" ? never : Name) : never;
  }[keyof Client],
  ""
>;

type IsOptional<Type, Key extends keyof Type> = object extends Pick<Type, Key> ? true : false;

/** What our decoder delivers where the client accepts a choice: bytes for blobs, a stream for streaming bodies. */
type InputValue<Value> = ArrayBuffer extends Value
  ? Uint8Array | Extract<Value, undefined>
  : Readable extends Value
    ? Readable | Extract<Value, undefined>
    : Value;

type OutputValue<Value> =
  NonNullable<Value> extends { transformToString: unknown }
    ?
        | (NonNullable<Value> extends Uint8Array
            ? Uint8Array | string
            : Readable | Uint8Array | string | BlobRange)
        | undefined
    : Value;

/** What an operation receives: required members present, blobs as bytes, streaming bodies as Node streams. */
export type Input<Client, Name extends string> =
  InputOutput<CommandOf<Client, Name>> extends [infer Shape, unknown]
    ? {
        [Key in keyof Shape]: IsOptional<Shape, Key> extends true
          ? InputValue<Shape[Key]>
          : Exclude<InputValue<Shape[Key]>, undefined>;
      }
    : never;

/** What an operation answers: the SDK's output without `$metadata`. */
export type Output<Client, Name extends string> =
  InputOutput<CommandOf<Client, Name>> extends [unknown, infer Shape]
    ? { [Key in keyof Omit<Shape, "$metadata">]: OutputValue<Omit<Shape, "$metadata">[Key]> }
    : never;

export type Operations<Client> = {
  readonly [Name in OperationName<Client>]?: (
    call: Call,
    input: Input<Client, Name>,
  ) => Answer<Output<Client, Name> | void>;
};
