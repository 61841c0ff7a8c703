import { useEffect, useState } from 'react';
import { Refusal } from '../api/problem';
import { durationInWords } from '../words/instants';
import { problemSentence } from '../words/problem-sentence';
import { t } from '../words/words';
import { Button } from './button';
import { Notice } from './notice';
import { useAction } from './use-action';

interface Sending {
  readonly resendAt: string;
  readonly delivery: 'sent' | 'delayed';
}

interface SendAgainProps extends Sending {
  readonly onAgain: () => Promise<Sending>;
}

/** Sends a code once more when that may be, and says so where sending takes longer than usual. */
export function SendAgain({ resendAt, delivery, onAgain }: SendAgainProps) {
  const [sending, setSending] = useState({ resendAt, delivery, again: false });
  const [problem, setProblem] = useState<string | null>(null);
  const wait = useSecondsUntil(sending.resendAt);
  const action = useAction(async () => {
    setProblem(null);
    try {
      setSending({ ...(await onAgain()), again: true });
    } catch (error) {
      const later = error instanceof Refusal ? error.retryAfter : null;
      if (later !== null) setSending({ ...sending, resendAt: new Date(Date.now() + later * 1000).toISOString() });
      setProblem(problemSentence(error, new Date()));
    }
  });
  return (
    <div className="send-again">
      {problem !== null && <Notice tone="problem">{problem}</Notice>}
      {problem === null && sending.delivery === 'delayed' && <Notice tone="note">{t('sent.delayed')}</Notice>}
      {problem === null && sending.again && sending.delivery === 'sent' && (
        <Notice tone="done">{t('sent.again')}</Notice>
      )}
      {wait > 0 ? (
        <p className="send-again-wait">{t('sent.wait', { wait: durationInWords(wait) })}</p>
      ) : (
        <Button look="plain" pending={action.pending} onPress={() => void action.start()}>
          {t('sent.resend')}
        </Button>
      )}
    </div>
  );
}

/** Whole seconds until an instant, counted down; 0 from then on. */
function useSecondsUntil(instant: string): number {
  const [now, setNow] = useState(() => Date.now());
  const seconds = Math.max(0, Math.ceil((Date.parse(instant) - now) / 1000));
  useEffect(() => {
    if (seconds === 0) return;
    const timer = setTimeout(() => setNow(Date.now()), 1000);
    return () => clearTimeout(timer);
  }, [seconds, now]);
  return seconds;
}
