import { useRef, useState } from 'react';
import { refusalCode } from '../api/problem';
import { leave } from '../api/query-client';
import { useAction } from '../elements/use-action';
import { problemSentence } from '../words/problem-sentence';
import { startEnrolment, type Enrolment, type Fields, type SetUpType } from './enrolment';

interface Wanted {
  readonly type: SetUpType;
  readonly fields: Fields;
}

/** Starts set-ups; where the practice wants the password again, it is asked for and the same set-up starts with it. */
export function useStart(onStarted: (enrolment: Enrolment) => void) {
  const [alert, setAlert] = useState<string | null>(null);
  const [asking, setAsking] = useState<Wanted | null>(null);
  const alertRef = useRef<HTMLDivElement>(null);

  /** Throws what is wrong with the fields, for the form that has them. */
  const withFields = async (type: SetUpType, fields: Fields): Promise<void> => {
    try {
      onStarted(await startEnrolment(type, fields, null));
    } catch (error) {
      if (refusalCode(error) === 'not-signed-in') return leave('ended');
      if (refusalCode(error) === 'password-required') return setAsking({ type, fields });
      throw error;
    }
  };
  const { start, pending } = useAction(async (type: SetUpType) => {
    setAlert(null);
    try {
      await withFields(type, {});
    } catch (error) {
      setAlert(problemSentence(error, new Date()));
    }
  });
  const withPassword = async (password: string): Promise<void> => {
    if (asking === null) return;
    try {
      onStarted(await startEnrolment(asking.type, asking.fields, password));
    } catch (error) {
      if (refusalCode(error) === 'not-signed-in') return leave('ended');
      throw error;
    }
    setAsking(null);
  };
  return { alert, alertRef, pending, start, withFields, withPassword, asking, stopAsking: () => setAsking(null) };
}

export type Start = ReturnType<typeof useStart>;
