import { refusalCode } from '../api/problem';
import { t } from '../words/words';

/** What to say where the server refused a passkey, which is no code; null for any other trouble. */
export function passkeyRefusal(error: unknown, doing: 'creating' | 'proving'): string | null {
  const code = refusalCode(error);
  if (code === 'code-wrong') return t(`passkeys.${doing}.refused`);
  if (code === 'code-expired' || code === 'code-already-used') return t(`passkeys.${doing}.over`);
  return code === 'credential-disabled' ? t('passkeys.disabled') : null;
}
