/** Code for functions in tests, as archives. */
import { zipSync } from "fflate";

export const zip = (files: Readonly<Record<string, string>>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])));

/** An archive whose `index.js` is `source`. */
export const node = (source: string): Uint8Array => zip({ "index.js": source });

export const role = "arn:aws:iam::000000000000:role/r";
