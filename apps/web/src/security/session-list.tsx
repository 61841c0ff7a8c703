import { useQueryClient } from '@tanstack/react-query';
import { Monitor, Smartphone } from 'lucide-react';
import { useState } from 'react';
import { api } from '../api/client';
import { answered } from '../api/problem';
import { leave } from '../api/query-client';
import { sessionsQuery, type SessionSummary } from '../api/queries';
import { Button } from '../elements/button';
import { Instant } from '../elements/instant';
import { Notice } from '../elements/notice';
import { useAction } from '../elements/use-action';
import { deviceInWords } from '../words/device';
import { instantInWords } from '../words/instants';
import { problemSentence } from '../words/problem-sentence';
import { t } from '../words/words';
import { endingTheSession } from './ending-the-session';

interface SessionListProps {
  readonly sessions: readonly SessionSummary[];
  readonly onDone: (sentence: string) => void;
}

/** Every place where this person is signed in, this one first. */
export function SessionList({ sessions, onDone }: SessionListProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const ordered = [...sessions].sort((a, b) => Number(b.current) - Number(a.current));
  return (
    <>
      {problem !== null && <Notice tone="problem">{problem}</Notice>}
      <ul className="cards">
        {ordered.map((session) => (
          <SessionCard key={session.sessionId} session={session} onDone={onDone} onProblem={setProblem} />
        ))}
      </ul>
    </>
  );
}

interface SessionCardProps {
  readonly session: SessionSummary;
  readonly onDone: (sentence: string) => void;
  readonly onProblem: (sentence: string | null) => void;
}

function SessionCard({ session, onDone, onProblem }: SessionCardProps) {
  const device = deviceInWords(session.userAgent);
  const when = instantInWords(new Date(session.startedAt), new Date());
  const end = useEndSession(session, t('security.signedOutThere', { device }), { onDone, onProblem });
  const Icon = /iPhone|Android|iPad/.test(device) ? Smartphone : Monitor;
  return (
    <li className="card">
      <Icon aria-hidden />
      <div className="card-words">
        <h3 className="card-name">
          {device}
          {session.current && <span className="tag tag-here">{t('security.thisSession')}</span>}
        </h3>
        <p>
          {session.ip === null ? t('security.addressUnknown') : t('security.address', { ip: session.ip })}
          {'. '}
          {t(`security.level.${session.level}`)}.
        </p>
        <dl className="facts">
          <div>
            <dt>{t('security.startedAt')}</dt>
            <dd>
              <Instant at={session.startedAt} />
            </dd>
          </div>
          <div>
            <dt>{t('security.lastSeen')}</dt>
            <dd>
              <Instant at={session.lastSeenAt} />
            </dd>
          </div>
        </dl>
      </div>
      <Button
        label={t('security.signOutNamed', { device, when })}
        pending={end.pending}
        onPress={() => void end.start()}
      >
        {t('security.signOut')}
      </Button>
    </li>
  );
}

function useEndSession(
  { sessionId, current }: SessionSummary,
  sentence: string,
  { onDone, onProblem }: Pick<SessionCardProps, 'onDone' | 'onProblem'>,
) {
  const client = useQueryClient();
  return useAction(async () => {
    onProblem(null);
    try {
      const path = { sessionId };
      await endingTheSession(answered(api.DELETE('/v1/me/sessions/{sessionId}', { params: { path } })));
    } catch (error) {
      return onProblem(problemSentence(error, new Date()));
    }
    if (current) return leave('signed-out');
    await client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    onDone(sentence);
  });
}
