import { dateInWords } from '../words/instants';
import { t } from '../words/words';

/** What is copied and downloaded: the codes, one a line, with what they are for and how to keep them. */
export function codesFile(codes: readonly string[], account: string, made: Date): string {
  return [
    t('recoveryCodes.file.title'),
    ...(account === '' ? [] : [t('recoveryCodes.file.account', { account })]),
    t('recoveryCodes.file.made', { date: dateInWords(made) }),
    '',
    ...codes,
    '',
    t('recoveryCodes.file.rule'),
    '',
  ].join('\n');
}
