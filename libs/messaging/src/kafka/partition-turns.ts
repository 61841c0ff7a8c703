/** Lets at most so many works run at once; the others wait, first come, first served. */
export class Turns {
  private readonly waiting: Array<() => void> = [];

  constructor(private free: number) {}

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Handed on: `free` stays as it is.
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}
