import { eventually, totpCode } from '@cofactor/testkit';

const period = 30_000;
const currentStep = (): number => Math.floor(Date.now() / period);

/** An authenticator app on somebody's phone. It never shows a code twice. */
export class AuthenticatorApp {
  #lastStep = 0;

  constructor(readonly secret: string) {}

  /** A code that the server accepts now and has not seen from here; waits for one where all of them were shown. */
  async freshCode(): Promise<string> {
    // The code before this one is still accepted (RFC 6238 §6), but not chosen when it is about to run out.
    const earliest = Date.now() % period < 20_000 ? currentStep() - 1 : currentStep();
    const step = Math.max(this.#lastStep + 1, earliest);
    await eventually(currentStep, (now) => now >= step - 1, period + 5_000);
    this.#lastStep = step;
    return totpCode(this.secret, step * period);
  }

  /** A code that is none of those accepted about now; another one each time. */
  wrongCode(): string {
    const right = new Set([-2, -1, 0, 1, 2].map((step) => totpCode(this.secret, (currentStep() + step) * period)));
    let code: string;
    do {
      this.#wrong += 7_919;
      code = String(this.#wrong % 1_000_000).padStart(6, '0');
    } while (right.has(code));
    return code;
  }

  #wrong = 0;
}
