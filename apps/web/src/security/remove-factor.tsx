import { useQueryClient } from '@tanstack/react-query';
import { api } from '../api/client';
import { answered } from '../api/problem';
import { factorsQuery, visitorQuery, type Factor } from '../api/queries';
import { PasswordForm } from '../elements/password-form';
import { Question } from '../elements/question';
import { t } from '../words/words';
import { endingTheSession } from './ending-the-session';

interface RemoveFactorProps {
  /** The one that is about to be removed; null while the dialog is closed. */
  readonly factor: Factor | null;
  readonly last: boolean;
  readonly onClose: () => void;
  readonly onDone: (sentence: string) => void;
}

/** Asks for the password, then removes the factor for good. */
export function RemoveFactor({ factor, last, onClose, onDone }: RemoveFactorProps) {
  const client = useQueryClient();
  if (factor === null) return null;
  const { credentialId, name } = factor;
  const remove = async (password: string) => {
    await endingTheSession(
      answered(api.DELETE('/v1/me/factors/{credentialId}', { params: { path: { credentialId } }, body: { password } })),
    );
    await client.invalidateQueries({ queryKey: factorsQuery.queryKey });
    void client.invalidateQueries({ queryKey: visitorQuery.queryKey });
    onDone(t('security.removed', { name }));
    onClose();
  };
  const lead = [t('security.removeSentence'), ...(last ? [t('security.removeLast')] : [])].join(' ');
  return (
    <Question heading={t('security.removeHeading', { name })} open onClose={onClose}>
      <PasswordForm
        lead={lead}
        submit={t('security.removeSubmit')}
        look="danger"
        onPassword={remove}
        onCancel={onClose}
      />
    </Question>
  );
}
