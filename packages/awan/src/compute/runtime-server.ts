/**
 * The HTTP server at `AWS_LAMBDA_RUNTIME_API`: one for each instance, because the address is only a host and a port. Who
 * serves which path is told by `route`.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type RuntimeHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  /** What follows the route's prefix. */
  path: string,
) => Promise<void>;

export class RuntimeServer {
  readonly #server: Server;
  readonly #routes: (readonly [prefix: string, handler: RuntimeHandler])[] = [];
  #address = "";

  constructor() {
    this.#server = createServer((request, response) => {
      const url = request.url ?? "";
      const route = this.#routes.find(([prefix]) => url.startsWith(prefix));
      if (route === undefined) refuse(response, 404, "NotFound", "No such route.");
      else route[1](request, response, url.slice(route[0].length)).catch(() => response.destroy());
    });
    this.#server.keepAliveTimeout = 0;
    this.#server.requestTimeout = 0;
    this.#server.unref();
  }

  /** `127.0.0.1:port`, once it listens. */
  get address(): string {
    return this.#address;
  }

  route(prefix: string, handler: RuntimeHandler): void {
    this.#routes.push([prefix, handler]);
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    this.#address = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

export function reply(response: ServerResponse, status: number, body: object | string): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, { "Content-Type": "application/json" }).end(text);
}

export const refuse = (
  response: ServerResponse,
  status: number,
  errorType: string,
  errorMessage: string,
): void => reply(response, status, { errorType, errorMessage });
