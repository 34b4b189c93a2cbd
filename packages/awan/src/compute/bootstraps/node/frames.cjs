/**
 * The instance's end of the pipe: `compute/frames.ts` in plain JavaScript, because Node.js 20 runs it as it lies here.
 * Frames are written as soon as they exist, so that a handler that never returns has still been heard.
 */
"use strict";

const net = require("node:net");

const headerLength = 5;

/** Opens file descriptor 3; `deliver(kind, body)` gets every frame, `gone()` the end of the parent. */
exports.openPipe = function openPipe(deliver, gone) {
  const socket = new net.Socket({ fd: 3, readable: true, writable: true });
  let kept = Buffer.alloc(0);
  let chunks = [];
  let length = 0;
  let wanted = headerLength;
  socket.on("data", (chunk) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length < wanted) return;
    kept = chunks.length === 1 ? chunk : Buffer.concat(chunks, length);
    for (;;) {
      wanted = headerLength;
      if (kept.length >= headerLength) wanted += kept.readUInt32LE(0);
      if (kept.length < wanted) break;
      const kind = kept[4];
      const body = kept.subarray(headerLength, wanted);
      kept = kept.subarray(wanted);
      deliver(kind, body);
    }
    chunks = kept.length === 0 ? [] : [kept];
    length = kept.length;
  });
  socket.on("error", gone);
  socket.on("close", gone);
  return {
    ref: () => socket.ref(),
    unref: () => socket.unref(),
    write(kind, ...parts) {
      const bodies = parts.map((part) => (typeof part === "string" ? Buffer.from(part, "utf8") : part));
      let size = 0;
      for (const body of bodies) size += body.length;
      const header = Buffer.allocUnsafe(headerLength);
      header.writeUInt32LE(size, 0);
      header[4] = kind;
      return socket.write(Buffer.concat([header, ...bodies], headerLength + size));
    },
    drained: (then) => (socket.writableNeedDrain ? socket.once("drain", then) : then()),
  };
};
