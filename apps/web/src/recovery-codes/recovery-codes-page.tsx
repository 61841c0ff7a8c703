import { useQuery } from '@tanstack/react-query';
import { CircleAlert, Download, Printer } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Checkbox } from 'react-aria-components';
import { Link, useNavigate } from 'react-router';
import { meQuery, visitorQuery } from '../api/queries';
import { Button } from '../elements/button';
import { CopyButton } from '../elements/copy-button';
import { PageHeading } from '../elements/page-heading';
import { TickBox } from '../elements/ticks';
import { groupedCode } from '../words/grouping';
import { dateInWords } from '../words/instants';
import { t } from '../words/words';
import { codesFile } from './codes-file';
import { useFreshCodes, type FreshCodes } from './fresh-codes';

/** Shows new recovery codes, once. */
export function RecoveryCodesPage() {
  const { fresh } = useFreshCodes();
  return (
    <>
      <PageHeading>
        {t(fresh?.codes.length === 1 ? 'recoveryCodes.headingSingle' : 'recoveryCodes.heading')}
      </PageHeading>
      {fresh === null ? <Gone /> : <Codes fresh={fresh} />}
    </>
  );
}

function Gone() {
  return (
    <>
      <div className="lead">
        <p>{t('recoveryCodes.gone')}</p>
      </div>
      <Link className="button button-main" to="/security">
        {t('recoveryCodes.toSecurity')}
      </Link>
    </>
  );
}

function Codes({ fresh }: { readonly fresh: FreshCodes }) {
  const codes = fresh.codes.map(groupedCode);
  const account = useAccount();
  const file = codesFile(codes, account, new Date());
  return (
    <>
      <div className="lead screen-only">
        <p>{t(codes.length === 1 ? 'recoveryCodes.leadSingle' : 'recoveryCodes.lead')}</p>
      </div>
      <p className="print-only">
        {t('recoveryCodes.file.account', { account })}.{' '}
        {t('recoveryCodes.file.made', { date: dateInWords(new Date()) })}. {t('recoveryCodes.file.rule')}
      </p>
      <ol className="codes" aria-label={t('recoveryCodes.list', { count: codes.length })}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div className="keep">
        <CopyButton text={file}>{t('recoveryCodes.copy')}</CopyButton>
        <Button onPress={() => save(file)}>
          <Download aria-hidden />
          {t('recoveryCodes.download')}
        </Button>
        <Button onPress={() => window.print()}>
          <Printer aria-hidden />
          {t('recoveryCodes.print')}
        </Button>
      </div>
      <Saved count={codes.length} then={fresh.then} />
    </>
  );
}

function useAccount(): string {
  const visitor = useQuery(visitorQuery);
  const me = useQuery({ ...meQuery, enabled: visitor.data?.state === 'signed-in' });
  return me.data?.email ?? '';
}

function save(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = t('recoveryCodes.file.name');
  link.click();
  URL.revokeObjectURL(url);
}

/** The tick, and the way on. "Continue" can be reached before the tick, and then says what is missing. */
function Saved({ count, then }: { readonly count: number; readonly then: string }) {
  const [saved, setSaved] = useState(false);
  const [asked, setAsked] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const { forget } = useFreshCodes();
  useWarningBeforeLeaving(!saved);
  const missing = asked && !saved;
  const go = async () => {
    if (!saved) {
      setAsked(true);
      return box.current?.focus();
    }
    await navigate(then, { replace: true });
    forget();
  };
  return (
    <div className="saved">
      <Checkbox className="tick" isSelected={saved} onChange={setSaved} inputRef={box} aria-describedby="saved-message">
        <TickBox />
        {t('recoveryCodes.saved', { count })}
      </Checkbox>
      <p className="field-message" id="saved-message" role="status">
        {missing ? (
          <span className="field-problem">
            <CircleAlert aria-hidden />
            {t('recoveryCodes.missing', { count })}
          </span>
        ) : (
          !saved && t('recoveryCodes.explain', { count })
        )}
      </p>
      <button
        type="button"
        className="button button-main"
        aria-disabled={!saved}
        aria-describedby="saved-message"
        onClick={() => void go()}
      >
        {t('recoveryCodes.submit')}
      </button>
    </div>
  );
}

/** Closing the tab before the codes are saved would lose them. */
function useWarningBeforeLeaving(active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [active]);
}
