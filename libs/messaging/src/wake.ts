/** Ends a wait early. A call that comes while nobody waits ends the next wait at once. */
export class Wake {
  private called = false;
  private end: (() => void) | null = null;

  call(): void {
    this.called = true;
    this.end?.();
  }

  /** Waits for a call, at most so many milliseconds. */
  async wait(milliseconds: number): Promise<void> {
    if (!this.called) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.end = null;
    this.called = false;
  }
}
