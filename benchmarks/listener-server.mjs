/** The two servers that `listener.mjs` compares: `bare` node:http and Awan's listener, both a JSON echo. */
import { createServer } from "node:http";

const echo = (body) => JSON.stringify(JSON.parse(body.toString("utf8")));

async function startBare() {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const body = echo(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
      response.writeHead(200, {
        "content-type": "application/x-amz-json-1.0",
        "content-length": Buffer.byteLength(body),
      });
      response.end(body);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.address().port;
}

async function startAwan() {
  const { listen } = await import("../packages/awan/src/wire/listener.ts");
  const { port } = await listen({
    // As the real handler: asynchronous.
    handle: async (request) => ({
      status: 200,
      headers: { "content-type": "application/x-amz-json-1.0" },
      body: echo(request.body),
    }),
    port: 0,
    openBlob: () => {
      throw new Error("no blobs here");
    },
    onDefect: (defect) => console.error(defect),
  });
  return port;
}

const port = await (process.argv[2] === "bare" ? startBare() : startAwan());
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ micros: user + system });
});
process.on("disconnect", () => process.exit());
process.send?.({ port });
