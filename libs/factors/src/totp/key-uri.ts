/** Text that can be percent-encoded whatever it holds: half a surrogate pair becomes U+FFFD. */
const encoded = (text: string): string => encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));

/**
 * The `otpauth://` address that authenticator apps scan. Apps split the decoded label at its first colon, so an
 * issuer loses its own; spaces are written %20, because some apps show `+` as it stands.
 */
export function keyUri(key: {
  readonly issuer: string;
  readonly accountLabel: string;
  readonly secret: string;
  readonly digits: number;
  readonly stepSeconds: number;
}): string {
  const issuer = encoded(key.issuer.replaceAll(':', ' '));
  return (
    `otpauth://totp/${issuer}:${encoded(key.accountLabel)}` +
    `?secret=${key.secret}&issuer=${issuer}&algorithm=SHA1&digits=${key.digits}&period=${key.stepSeconds}`
  );
}
