/** `multipart/form-data` read as it arrives: the fields up to `file` in memory, the file as a stream. */
import { Readable } from "node:stream";
import { s3Error } from "../errors.ts";

/** S3 allows this much before the file ("POST Object"). */
const fieldsSizeBytesMax = 20 * 1024;

export interface Form {
  /** Lower-case names, in order. */
  readonly fields: ReadonlyMap<string, string>;
  /** Undefined when the file came as a plain field. */
  readonly filename: string | undefined;
  readonly file: Readable | undefined;
}

const malformed = (): Error =>
  s3Error(
    "MalformedPOSTRequest",
    400,
    "The body of your POST request is not well-formed multipart/form-data.",
  );

class Source {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #pending: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(body: Uint8Array | Readable) {
    const chunks = body instanceof Uint8Array ? Readable.from([body], { objectMode: false }) : body;
    this.#chunks = (chunks as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    const next = await this.#chunks.next();
    if (next.done === true) {
      this.#ended = true;
      return false;
    }
    this.#pending =
      this.#pending.length === 0 ? Buffer.from(next.value) : Buffer.concat([this.#pending, next.value]);
    return true;
  }

  /** What comes before `end`, which is consumed too. */
  async before(end: string, sizeBytesMax: number): Promise<Buffer> {
    for (let from = 0; ;) {
      const at = this.#pending.indexOf(end, from);
      if (at !== -1) {
        const found = this.#pending.subarray(0, at);
        this.#pending = this.#pending.subarray(at + end.length);
        return found;
      }
      from = Math.max(0, this.#pending.length - end.length);
      if (this.#pending.length > sizeBytesMax) {
        throw s3Error(
          "MaxPostPreDataLengthExceededError",
          400,
          "Your POST request fields preceding the upload file were too large.",
          { MaxPostPreDataLengthBytes: fieldsSizeBytesMax },
        );
      }
      if (!(await this.#more())) throw malformed();
    }
  }

  async startsWith(text: string): Promise<boolean> {
    while (this.#pending.length < text.length && (await this.#more()));
    return this.#pending.subarray(0, text.length).toString("latin1") === text;
  }

  /** Everything up to `end`, piece by piece; what follows it is read over. */
  async *until(end: string): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = this.#pending.indexOf(end);
      if (at !== -1) {
        if (at > 0) yield this.#pending.subarray(0, at);
        this.#pending = Buffer.alloc(0);
        while (await this.#more()) this.#pending = Buffer.alloc(0);
        return;
      }
      const sure = this.#pending.length - end.length;
      if (sure > 0) {
        yield this.#pending.subarray(0, sure);
        this.#pending = this.#pending.subarray(sure);
      }
      if (!(await this.#more()))
        throw s3Error("IncompleteBody", 400, "The request body terminated unexpectedly");
    }
  }
}

export async function readForm(contentType: string, body: Uint8Array | Readable): Promise<Form> {
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw malformed();
  const source = new Source(body);
  await source.before(`--${boundary}`, fieldsSizeBytesMax);
  const fields = new Map<string, string>();
  for (;;) {
    if (await source.startsWith("--")) return { fields, filename: undefined, file: undefined };
    const head = (await source.before("\r\n\r\n", fieldsSizeBytesMax)).toString("utf8");
    const name = /;\s*name="((?:[^"\\]|\\.)*)"/i.exec(head)?.[1] ?? /;\s*name=([^;\s]+)/i.exec(head)?.[1];
    if (name === undefined) throw malformed();
    if (name.toLowerCase() === "file") {
      const filename = /filename="((?:[^"\\]|\\.)*)"/i.exec(head)?.[1];
      const type = /^content-type:\s*(.+)$/im.exec(head)?.[1]?.trim();
      if (type !== undefined && !fields.has("content-type")) fields.set("content-type", type);
      return {
        fields,
        filename,
        file: Readable.from(source.until(`\r\n--${boundary}`), { objectMode: false }),
      };
    }
    fields.set(
      name.toLowerCase(),
      (await source.before(`\r\n--${boundary}`, fieldsSizeBytesMax * 2)).toString("utf8"),
    );
  }
}
