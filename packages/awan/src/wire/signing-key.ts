/** Derived signing keys, kept because deriving one costs four hashes and a client uses it for a whole day. */
import { type KeyObject, createHmac, createSecretKey, hash } from "node:crypto";

export interface SigningScope {
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

const cache = new Map<string, KeyObject>();
const cachedKeysMax = 1_000;

export function signingKey(secretAccessKey: string, { date, region, service }: SigningScope): KeyObject {
  const name = `${date}/${region}/${service}/${secretAccessKey}`;
  let key = cache.get(name);
  if (key === undefined) {
    const ofDate = hmac(`AWS4${secretAccessKey}`, date);
    key = createSecretKey(hmac(hmac(hmac(ofDate, region), service), "aws4_request"));
    if (cache.size >= cachedKeysMax) cache.clear();
    cache.set(name, key);
  }
  return key;
}

function hmac(key: string | Uint8Array, text: string): Uint8Array {
  return createHmac("sha256", key).update(text).digest();
}

export function sign(key: KeyObject, stringToSign: string): string {
  return createHmac("sha256", key).update(stringToSign).digest("hex");
}

export function sha256Hex(content: Uint8Array | string): string {
  return hash("sha256", content, "hex");
}
