import { useQuery } from '@tanstack/react-query';
import type { Method } from '../api/queries';
import { refusalCode } from '../api/problem';
import { Reading } from '../elements/reading';
import { SendAgain } from '../elements/send-again';
import { isSent, type Answer, type Challenges } from './challenges';
import { CodeForm } from './code-form';
import { PasskeyProof } from './passkey-proof';
import { SignInExpired } from './sign-in-expired';

export interface MethodFormProps {
  readonly method: Method;
  readonly challenges: Challenges;
  /** Answers the challenge of the method and goes on; throws what is wrong with the answer. */
  readonly onAnswer: (method: Method, answer: Answer) => Promise<void>;
}

/** Takes the answer of one method, as its kind is answered. */
export function MethodForm(props: MethodFormProps) {
  if (props.method.type === 'webauthn') return <PasskeyProof {...props} />;
  return isSent(props.method) ? <SentCode {...props} /> : <CodeForm {...props} />;
}

/** A method whose code is sent: it is asked for as soon as the method is shown, once. */
function SentCode(props: MethodFormProps) {
  const { method, challenges } = props;
  const sent = useQuery({
    queryKey: ['challenge', method.credentialId],
    queryFn: () => challenges.of(method),
    // What was sent once is never sent again by itself.
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  if (refusalCode(sent.error) === 'not-signed-in') return <SignInExpired />;
  return (
    <Reading query={sent} lines={4}>
      {({ resendAt, delivery }) => (
        <>
          <CodeForm {...props} />
          <SendAgain resendAt={resendAt} delivery={delivery ?? 'sent'} onAgain={() => sentAgain(challenges, method)} />
        </>
      )}
    </Reading>
  );
}

async function sentAgain(challenges: Challenges, method: Method) {
  const { resendAt, delivery } = await challenges.again(method);
  return { resendAt, delivery: delivery ?? ('sent' as const) };
}
