import type { PolicyView } from '../../api/queries';
import { Notice } from '../../elements/notice';
import { instantInWords } from '../../words/instants';
import { locale, t } from '../../words/words';
import type { News } from './draft';
import type { Setting } from './rules';

interface NewsOfOthersProps {
  readonly news: News;
  readonly settings: PolicyView['settings'];
}

/** Tells the second of two editors who was first, and what they changed. */
export function NewsOfOthers({ news, settings }: NewsOfOthersProps) {
  const labels = (named: readonly Setting[]) =>
    new Intl.ListFormat(locale).format(
      named.map((setting) => settings.find((one) => one.setting === setting)?.label ?? setting),
    );
  const told = {
    name: news.by,
    when: instantInWords(new Date(news.at), new Date()),
    settings: labels(news.theirs),
    both: labels(news.both),
  };
  return <Notice tone="problem">{t(news.both.length > 0 ? 'rules.newsBoth' : 'rules.news', told)}</Notice>;
}
