import { createHash, randomBytes } from 'node:crypto';
import { cbor } from './cbor';
import { newCredentialKey, type CoseAlgorithm, type CredentialKey } from './cose-key';

/** What a browser is asked for: of `PublicKeyCredentialCreationOptionsJSON` and `…RequestOptionsJSON` what is read here. */
export interface AskedOfBrowser {
  readonly challenge: string;
  readonly rp?: { readonly id: string } | undefined;
  readonly user?: { readonly id: string } | undefined;
  readonly rpId?: string | undefined;
  readonly excludeCredentials?: readonly { readonly id: string }[] | undefined;
  readonly allowCredentials?: readonly { readonly id: string }[] | undefined;
}

export interface Traits {
  readonly algorithm: CoseAlgorithm;
  /** Whether its keys are synced to other devices (BE, and BS with it). */
  readonly synced: boolean;
  readonly verifiesUser: boolean;
  /** Whether it counts its signatures. */
  readonly counts: boolean;
  /** 16 bytes in hexadecimal digits, without dashes. */
  readonly aaguid: string;
}

/** What it does otherwise, once, and signs all the same: what only a check of the content finds. */
export interface Deviation {
  readonly clientData?: Readonly<Record<string, unknown>>;
  readonly rpId?: string | undefined;
  /** Of WebAuthn §6.1: UP 1, UV 4, BE 8, BS 16; AT is set where it belongs. */
  readonly flags?: number;
  readonly signCount?: number;
}

interface Held {
  readonly key: CredentialKey;
  readonly userHandle: string;
}

const digest = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();
const withAttestedData = 64;

/**
 * A browser on the page `origin` and its authenticator in one, written from WebAuthn Level 3 §5.8.1, §6.1 and §6.5 by
 * hand, so that tests do not check the library with itself. It holds keys for real algorithms and signs for real.
 */
export class SoftwareAuthenticator {
  readonly #held = new Map<string, Held>();
  #signatures = 0;
  readonly #traits: Traits;

  constructor(
    readonly origin: string,
    traits: Partial<Traits> = {},
  ) {
    const usual = { algorithm: -7, synced: false, verifiesUser: true, counts: true, aaguid: '00'.repeat(16) } as const;
    this.#traits = { ...usual, ...traits };
  }

  /** `navigator.credentials.create`: a new passkey, with attestation "none". Throws where one is held already. */
  create(asked: AskedOfBrowser, deviation: Deviation = {}) {
    if (asked.excludeCredentials?.some(({ id }) => this.#held.has(id))) throw new Error('InvalidStateError');
    const id = randomBytes(32).toString('base64url');
    const key = newCredentialKey(this.#traits.algorithm);
    return this.#registered(id, key, asked, deviation);
  }

  /** Presents the first passkey that it holds as a new one: what no honest authenticator does (WebAuthn §7.1 step 26). */
  createAgain(asked: AskedOfBrowser) {
    for (const [id, { key }] of this.#held) return this.#registered(id, key, asked, {});
    throw new Error('NotAllowedError');
  }

  #registered(id: string, key: CredentialKey, asked: AskedOfBrowser, deviation: Deviation) {
    this.#held.set(id, { key, userHandle: asked.user?.id ?? '' });
    const rawId = Buffer.from(id, 'base64url');
    const attested = Buffer.concat([
      Buffer.from(this.#traits.aaguid, 'hex'),
      Buffer.from([0, rawId.length]),
      rawId,
      key.publicKey,
    ]);
    const authData = Buffer.concat([this.#authData(asked.rp?.id ?? '', withAttestedData, deviation), attested]);
    const attestationObject = cbor(
      new Map<string, string | Buffer | Map<string, string>>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ]),
    ).toString('base64url');
    const clientDataJSON = this.#clientData('webauthn.create', asked, deviation).toString('base64url');
    const response = { clientDataJSON, attestationObject, transports: ['internal'] };
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response } as const;
  }

  /** `navigator.credentials.get`: signs with the first passkey that is allowed and held. Throws where there is none. */
  get(asked: AskedOfBrowser, deviation: Deviation = {}) {
    const id = asked.allowCredentials?.map((allowed) => allowed.id).find((one) => this.#held.has(one));
    const held = id === undefined ? undefined : this.#held.get(id);
    if (id === undefined || held === undefined) throw new Error('NotAllowedError');
    const authenticatorData = this.#authData(asked.rpId ?? '', 0, deviation);
    const clientData = this.#clientData('webauthn.get', asked, deviation);
    const signature = held.key.sign(Buffer.concat([authenticatorData, digest(clientData)]));
    const response = {
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: signature.toString('base64url'),
      userHandle: held.userHandle,
    };
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response } as const;
  }

  #clientData(type: string, { challenge }: AskedOfBrowser, { clientData = {} }: Deviation): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false, ...clientData }));
  }

  #authData(rpId: string, more: number, deviation: Deviation): Buffer {
    const { synced, verifiesUser, counts } = this.#traits;
    const usual = 1 + (verifiesUser ? 4 : 0) + (synced ? 8 + 16 : 0);
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(deviation.signCount ?? (counts ? ++this.#signatures : 0));
    return Buffer.concat([digest(deviation.rpId ?? rpId), Buffer.from([(deviation.flags ?? usual) | more]), counter]);
  }
}
