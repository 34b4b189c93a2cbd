/**
 * Time, as a value that is passed in. Nothing else in Awan may ask the machine what time it is, and only the host may
 * wait for it. A `ManualClock` moves when told to; a `SkippingClock` jumps to the next due moment whenever the host
 * says that nothing can happen before it.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
  /** Calls `wake` once `nowMs()` has reached `timeMs`; the returned function cancels. Never calls synchronously. */
  at(timeMs: number, wake: () => void): () => void;
  /** Told by the host when nothing is under way, so that only time can make something happen. */
  idle(): void;
}

/** A clock that can be moved ahead. */
export interface MovableClock extends Clock {
  /** When the earliest alarm rings, or undefined when none is set. */
  nextMs(): number | undefined;
  /** Moves to `timeMs`, if that is ahead, and rings what is due by then. */
  moveTo(timeMs: number): void;
}

export const isMovable = (clock: Clock): clock is MovableClock => "moveTo" in clock;

interface Alarm {
  readonly timeMs: number;
  readonly wake: () => void;
}

/** A clock that moves only when told to. */
export class ManualClock implements MovableClock {
  #nowMs: number;
  readonly #alarms = new Set<Alarm>();

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  at(timeMs: number, wake: () => void): () => void {
    const alarm = { timeMs, wake };
    this.#alarms.add(alarm);
    if (timeMs <= this.#nowMs) queueMicrotask(() => this.#ring());
    return () => this.#alarms.delete(alarm);
  }

  nextMs(): number | undefined {
    let next: number | undefined;
    for (const { timeMs } of this.#alarms) if (next === undefined || timeMs < next) next = timeMs;
    return next;
  }

  /** Moves to `timeMs` and rings what is due by then, earliest first. Time never goes back. */
  moveTo(timeMs: number): void {
    if (timeMs > this.#nowMs) this.#nowMs = timeMs;
    this.#ring();
  }

  idle(): void {}

  /** A clock of the same kind at the same time, without the alarms. */
  fork(startMs: number = this.#nowMs): ManualClock {
    return new ManualClock(startMs);
  }

  #ring(): void {
    const due = [...this.#alarms].filter((alarm) => alarm.timeMs <= this.#nowMs);
    for (const alarm of due) this.#alarms.delete(alarm);
    for (const alarm of due.toSorted((a, b) => a.timeMs - b.timeMs)) alarm.wake();
  }
}

/** A manual clock that moves itself: whenever the host is idle it jumps to the earliest alarm. */
export class SkippingClock extends ManualClock {
  /** While it is, it moves only when told to. */
  paused = false;

  override fork(startMs: number = this.nowMs()): SkippingClock {
    return new SkippingClock(startMs);
  }

  override idle(): void {
    const next = this.nextMs();
    if (next !== undefined && !this.paused) this.moveTo(next);
  }
}
