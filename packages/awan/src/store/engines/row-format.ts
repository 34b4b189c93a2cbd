/**
 * How a row's value becomes bytes on disk: msgpack. Plain objects stay plain, bytes come back as Buffer, `undefined`
 * and bigint survive.
 */
import { Packr } from "msgpackr";

const packr = new Packr({ useRecords: false, mapsAsObjects: true, copyBuffers: true, variableMapSize: true });

export const encodeRow = (value: unknown): Buffer => packr.pack(value);
export const decodeRow = (bytes: Buffer): unknown => packr.unpack(bytes);
