/** Writes commits of two rows until it is killed, printing the number of each once it is durable. */
import { LmdbEngine } from "./engines/lmdb.ts";

const engine = new LmdbEngine(process.argv[2] as string);

async function write(first: number, step: number): Promise<void> {
  for (let i = first; ; i += step) {
    const key = i.toString().padStart(8, "0");
    await engine.durable(
      engine.commit(
        new Map([
          [`a${key}`, { value: i }],
          [`b${key}`, { value: i }],
        ]),
      ),
    );
    process.stdout.write(`${i}\n`);
  }
}

await write(0, 1);
