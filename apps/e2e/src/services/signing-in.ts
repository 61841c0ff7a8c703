import { publicApi } from '@cofactor/contracts';
import { eventually } from '@cofactor/testkit';
import { emptyLoad } from '../api/load';
import { answer, enrolledManager, password, readFactors, startSignIn, type Manager } from '../api/practice';
import { Program, type Reply, type Sent } from '../api/program';

interface Door {
  readonly program: Program;
  isOpen: boolean;
  underWay: number;
}

/** What stands before several gateways: each request goes to the next of those that are open. */
export class Doors extends Program {
  readonly #doors: readonly Door[];
  #turn = 0;

  constructor(urls: readonly [string, ...string[]]) {
    super(urls[0]);
    this.#doors = urls.map((url) => ({ program: new Program(url), isOpen: true, underWay: 0 }));
  }

  override async send(method: string, path: string, sent?: Sent): Promise<Reply> {
    const open = this.#doors.filter(({ isOpen }) => isOpen);
    const door = open[(this.#turn += 1) % open.length];
    if (!door) throw new Error('all doors are shut');
    door.underWay += 1;
    try {
      return await door.program.send(method, path, sent);
    } finally {
      door.underWay -= 1;
    }
  }

  /** Sends nothing more there; resolves when everything that was sent is answered. */
  async shut(index: number): Promise<void> {
    const door = this.#doors[index];
    if (!door) return;
    door.isOpen = false;
    await eventually(
      () => door.underWay,
      (left) => left === 0,
    );
  }

  open(index: number): void {
    const door = this.#doors[index];
    if (door) door.isOpen = true;
  }
}

/** People who sign in again and again, with a code each time and a look at what is theirs. Nothing may fail. */
export class SigningIn {
  readonly load = emptyLoad();
  readonly failures: string[] = [];
  #working: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(private readonly program: Program) {}

  /** They set up an authenticator app and recovery codes, and begin. */
  async begin(people: number): Promise<void> {
    const enrolled = await Promise.all(Array.from({ length: people }, () => enrolledManager(this.program)));
    const working = enrolled.map(({ manager, recoveryCodes }) =>
      this.#repeat(manager, [...recoveryCodes]).catch((error: unknown) => this.failures.push(String(error))),
    );
    this.#working = Promise.all([this.#working, ...working]);
  }

  /** Resolves after so many more sign-ins; throws at the first failure. */
  async more(count: number): Promise<void> {
    const enough = this.load.passed.length + count;
    await eventually(
      () => this.failures.length > 0 || this.load.passed.length >= enough,
      (settled) => settled,
      30_000,
    );
    if (this.failures.length > 0) throw new Error(`a sign-in failed: ${this.failures.join('; ')}`);
  }

  async end(): Promise<void> {
    this.#stopped = true;
    await this.#working;
  }

  async #repeat(manager: Manager, codes: string[]): Promise<void> {
    while (!this.#stopped) {
      const code = codes.pop() ?? '';
      const started = await startSignIn(this.program, manager);
      const reply = await answer(this.program, started, 'recovery-code', code);
      const { token = '' } = reply.as(publicApi.answerChallenge);
      this.load.passed.push({ signInId: started.signInId, attempt: { manager, code } });
      const { recoveryCodes } = await readFactors(this.program, token);
      if (recoveryCodes.remaining !== codes.length) throw new Error(`${recoveryCodes.remaining} codes are left`);
      if (codes.length > 0) continue;
      const renewed = await this.program.post('/v1/me/recovery-codes', { password }, { token });
      codes.push(...renewed.as(publicApi.issueRecoveryCodes).recoveryCodes);
    }
  }
}
