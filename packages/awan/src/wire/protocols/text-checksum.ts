/**
 * CRC-32 of a text's UTF-8 bytes. Short ASCII texts, which most answers are, are summed here: handing them to zlib costs
 * more than the sum.
 */
import { crc32 } from "node:zlib";

const lengthMax = 1_024;

const sums = Int32Array.from({ length: 256 }, (_unused, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = (sum & 1) === 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum;
});

export function textChecksum(text: string): number {
  if (text.length > lengthMax) return crc32(text);
  let sum = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 127) return crc32(text);
    sum = (sums[(sum ^ code) & 255] as number) ^ (sum >>> 8);
  }
  return (sum ^ -1) >>> 0;
}
