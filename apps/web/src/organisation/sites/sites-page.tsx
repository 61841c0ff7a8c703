import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Building2, Plus } from 'lucide-react';
import { useState } from 'react';
import type { Site } from '../../api/queries';
import { Button } from '../../elements/button';
import { Notice } from '../../elements/notice';
import { PageHeading } from '../../elements/page-heading';
import { Question } from '../../elements/question';
import { Reading } from '../../elements/reading';
import { endingTheSession } from '../../security/ending-the-session';
import { t } from '../../words/words';
import { useOrganisation } from '../organisation-frame';
import { RemoveSite } from './remove-site';
import { SiteForm } from './site-form';
import { addSite, renameSite, sitesQuery } from './sites-queries';

type Asked = { readonly kind: 'add' } | { readonly kind: 'rename' | 'remove'; readonly site: Site };

/** The places of the practice; people can belong to some of them, or to the whole. */
export function SitesPage() {
  const { organisation } = useOrganisation();
  const { organisationId, name } = organisation;
  const sites = useQuery(sitesQuery(organisationId));
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const close = () => setAsked(null);
  const finish = async (sentence: string) => {
    await client.invalidateQueries({ queryKey: sitesQuery(organisationId).queryKey });
    setDone(sentence);
    close();
  };
  return (
    <>
      <PageHeading>{t('sites.heading')}</PageHeading>
      <div className="lead">
        {done === null ? <p>{t('sites.lead', { practice: name })}</p> : <Notice tone="done">{done}</Notice>}
      </div>
      <Reading query={sites} lines={4}>
        {(data) => <SiteList sites={data} onAsk={setAsked} />}
      </Reading>
      <Button look="main" onPress={() => setAsked({ kind: 'add' })}>
        <Plus aria-hidden />
        {t('sites.add')}
      </Button>
      {asked?.kind === 'add' && (
        <Question heading={t('sites.addHeading')} open onClose={close}>
          <SiteForm
            name=""
            submit={t('sites.addSubmit')}
            onName={async (chosen) => {
              await endingTheSession(addSite(organisationId, chosen));
              await finish(t('sites.added', { name: chosen }));
            }}
            onCancel={close}
          />
        </Question>
      )}
      {asked?.kind === 'rename' && (
        <Question heading={t('sites.renameHeading', { name: asked.site.name })} open onClose={close}>
          <SiteForm
            name={asked.site.name}
            submit={t('sites.renameSubmit')}
            onName={async (chosen) => {
              await endingTheSession(renameSite(organisationId, asked.site.siteId, chosen));
              await finish(t('sites.renamed', { name: chosen }));
            }}
            onCancel={close}
          />
        </Question>
      )}
      {asked?.kind === 'remove' && (
        <RemoveSite organisationId={organisationId} site={asked.site} onDone={finish} onClose={close} />
      )}
    </>
  );
}

interface SiteListProps {
  readonly sites: readonly Site[];
  readonly onAsk: (asked: Asked) => void;
}

function SiteList({ sites, onAsk }: SiteListProps) {
  if (sites.length === 0) return <p className="empty">{t('sites.none')}</p>;
  return (
    <ul className="cards sites">
      {sites.map((site) => (
        <li className="card" key={site.siteId}>
          <Building2 aria-hidden />
          <div className="card-words">
            <h2 className="card-name">{site.name}</h2>
            <p>{t('sites.people', { count: site.people })}</p>
          </div>
          <div className="card-actions">
            <Button label={t('sites.renameNamed', { name: site.name })} onPress={() => onAsk({ kind: 'rename', site })}>
              {t('sites.rename')}
            </Button>
            <Button label={t('sites.removeNamed', { name: site.name })} onPress={() => onAsk({ kind: 'remove', site })}>
              {t('sites.remove')}
            </Button>
          </div>
        </li>
      ))}
    </ul>
  );
}
