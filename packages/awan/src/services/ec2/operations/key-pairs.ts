/** Key pairs, which are named, and launch templates, which may be. */
import type { Call } from "../../../host/call.ts";
import { AwsError } from "../../../kernel/errors.ts";
import type { In, Out } from "../client.ts";
import { all, create, remove } from "../entity.ts";
import type { Body } from "../keys.ts";
import { kindNamed } from "../kinds.ts";

const pairs = kindNamed("key-pair");

function named(call: Call, name: string | undefined): string | undefined {
  for (const { id, row } of all(call, pairs)) if (row.body["KeyName"] === name) return id;
  return undefined;
}

function make(call: Call, input: Body): Body {
  const name = input["KeyName"] as string | undefined;
  if (named(call, name) !== undefined) {
    throw new AwsError("InvalidKeyPair.Duplicate", `The keypair '${name}' already exists.`);
  }
  const { PublicKeyMaterial: _given, ...kept } = input;
  return create(call, pairs, kept).row.body;
}

export function createKeyPair(call: Call, input: In<"CreateKeyPair">): Out<"CreateKeyPair"> {
  const body = make(call, input);
  return {
    KeyFingerprint: String(body["KeyFingerprint"]),
    KeyMaterial:
      "-----BEGIN RSA PRIVATE KEY-----\nnone: no machine of Awan can be logged in to\n-----END RSA PRIVATE KEY-----",
    KeyName: String(body["KeyName"]),
    KeyPairId: String(body["KeyPairId"]),
  };
}

export function importKeyPair(call: Call, input: In<"ImportKeyPair">): Out<"ImportKeyPair"> {
  const body = make(call, input);
  return {
    KeyFingerprint: String(body["KeyFingerprint"]),
    KeyName: String(body["KeyName"]),
    KeyPairId: String(body["KeyPairId"]),
  };
}

/** Deleting what is not there succeeds, as on AWS. */
export function deleteKeyPair(call: Call, input: In<"DeleteKeyPair">): Out<"DeleteKeyPair"> {
  const id = input.KeyPairId ?? named(call, input.KeyName);
  if (id === undefined) return { Return: true };
  remove(call, pairs, id);
  return { Return: true, KeyPairId: id };
}
