import { useState } from 'react';
import { Button } from '../../elements/button';
import { Choose } from '../../elements/choose';
import { Form } from '../../elements/form';
import { Lead, Notice } from '../../elements/notice';
import { TextInput } from '../../elements/text-input';
import { useForm } from '../../elements/use-form';
import { t } from '../../words/words';
import type { DetailsProps } from '../kinds';
import { countries, likelyCountry } from './countries';

/** Asks for a mobile number, as it is written at home or with its country code (PRODUCT HE1). */
export function NumberForm({ factors, onDetails }: DetailsProps) {
  const [options] = useState(() => countries(factors.smsCountries));
  const [country, setCountry] = useState(() => likelyCountry(options, navigator.languages));
  const form = useForm({
    initial: { number: '' },
    pointers: { '/number': 'number', '/country': 'number' },
    check: ({ number }) => (number.trim() === '' ? { number: t('fields.missing.number') } : {}),
    send: ({ number }) => onDetails({ number: number.trim(), country }),
  });
  return (
    <>
      <Lead alert={form.alert} alertRef={form.alertRef}>
        {t('setUp.numberLead')}
      </Lead>
      <Form onSubmit={form.submit}>
        <Choose label={t('fields.country')} options={options} value={country} onChange={setCountry} />
        <TextInput
          {...form.field('number')}
          kind="telephone"
          label={t('fields.number')}
          hint={t('setUp.numberHint')}
          autoComplete="tel"
        />
        <div className="form-note">
          <Notice tone="note">{t('setUp.textNotice')}</Notice>
        </div>
        <Button type="submit" look="main" pending={form.pending}>
          {t('setUp.sendCode')}
        </Button>
      </Form>
    </>
  );
}
