import { useState } from 'react';
import { useNavigate } from 'react-router';
import { refusalCode } from '../api/problem';
import { arrive, leave } from '../api/query-client';
import { useForm } from '../elements/use-form';
import { useFreshCodes } from '../recovery-codes/fresh-codes';
import { signInProgress } from '../sign-in/progress';
import { typedDigits } from '../words/grouping';
import { t } from '../words/words';
import { confirmEnrolment, type Answer, type Enrolment } from './enrolment';
import { doneThen, useErrand } from './errand';

/** Refusals after which a set-up takes no further answer. */
const ends = ['code-expired', 'enrolment-closed', 'too-many-attempts', 'not-found'] as const;

/** Confirms a set-up and goes on: to the recovery codes where some came with it, then to what is set up now. */
export function useConfirm(enrolment: Enrolment) {
  const navigate = useNavigate();
  const fresh = useFreshCodes();
  const errand = useErrand();
  const [over, setOver] = useState(false);
  const confirm = async (answer: Answer): Promise<void> => {
    try {
      const { credentialId, recoveryCodes, next } = await confirmEnrolment(enrolment, answer);
      if (next?.step === 'completed') signInProgress.forget();
      await arrive();
      const then = doneThen(credentialId, errand);
      if (recoveryCodes === undefined) return await navigate(then, { replace: true });
      fresh.show({ codes: recoveryCodes, then });
      await navigate('/recovery-codes', { replace: true });
    } catch (error) {
      const code = refusalCode(error);
      if (code === 'not-signed-in') return leave('ended');
      if (!ends.some((end) => end === code)) throw error;
      setOver(true);
    }
  };
  return { over, confirm };
}

/** The form that takes the 6 digits which confirm a set-up. */
export function useCodeConfirmation(enrolment: Enrolment) {
  const { over, confirm } = useConfirm(enrolment);
  const form = useForm({
    initial: { code: '' },
    pointers: { '/code': 'code' },
    fieldOf: { 'code-wrong': { field: 'code' }, 'code-already-used': { field: 'code' } },
    check: ({ code }) => (/^\d{6}$/.test(typedDigits(code)) ? {} : { code: t('fields.missing.code') }),
    send: ({ code }) => confirm({ code: typedDigits(code) }),
  });
  return { ...form, over };
}
