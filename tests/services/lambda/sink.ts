/** An HTTP server functions tell what they saw, by name. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export class Sink {
  readonly #server: Server;
  readonly #seen = new Map<string, unknown[]>();

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const name = (request.url ?? "/").slice(1);
        const seen = this.#seen.get(name) ?? [];
        seen.push(JSON.parse(Buffer.concat(chunks).toString()));
        this.#seen.set(name, seen);
        response.end();
      });
    });
  }

  open(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.listen(0, "127.0.0.1", resolve);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  seen(name: string): unknown[] {
    return this.#seen.get(name) ?? [];
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}
