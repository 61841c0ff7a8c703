import type { HandlersOf, identityOperations } from '@cofactor/contracts';
import type { Directory } from '../adapters/directory';
import { maskedName } from '../adapters/helped-people';
import type { OpenNames } from '../adapters/open-names';
import type { ReportedChanges } from '../adapters/reported-changes';
import { signedInSupport, type SignedInParts } from '../adapters/signed-in';

type Handlers = HandlersOf<typeof identityOperations>;

export interface SupportReportParts extends SignedInParts {
  readonly directory: Pick<Directory, 'supportStaff' | 'administratorsBeside'>;
  readonly reportedChanges: ReportedChanges;
  readonly openNames: OpenNames;
}

/** Who reported a change as not their own, and who is told of that, and of resets that wait (PRODUCT HE8, BX5). */
export class SupportReports implements Pick<Handlers, 'listReports' | 'listSupportToTell' | 'listApproversToTell'> {
  constructor(private readonly parts: SupportReportParts) {}

  readonly listReports: Handlers['listReports'] = async ({ token }, context) => {
    const { openNames, recorder, reportedChanges } = this.parts;
    await signedInSupport(this.parts, token, context);
    const { rows, more } = await reportedChanges.list(recorder.now());
    const names = await openNames(rows);
    return {
      reports: rows.map(({ personId, emailHint, practices, frozenUntil }) => ({
        maskedName: maskedName(names.get(personId) ?? ''),
        emailHint,
        practices: [...practices],
        frozenUntil,
      })),
      more,
    };
  };

  readonly listSupportToTell: Handlers['listSupportToTell'] = async () => {
    const staff = await this.parts.directory.supportStaff();
    return { personIds: staff.map(({ personId }) => personId) };
  };

  readonly listApproversToTell: Handlers['listApproversToTell'] = async ({ organisationIds, notThese }) => ({
    personIds: await this.parts.directory.administratorsBeside(organisationIds, notThese),
  });
}
