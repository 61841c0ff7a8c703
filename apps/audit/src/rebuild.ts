import 'reflect-metadata';
import { Database } from '@cofactor/event-store';
import { ownerUrlOf } from '@cofactor/service-host';
import { runProcess } from '@cofactor/service-kit';
import { rebuildRecordView, RecordsIncomplete } from './read-models/rebuild-record-view';

/** `npm run rebuild -- audit`: the view anew from the log, while the old one answers. */
runProcess(
  async (closings) => {
    const owner = await Database.open({
      name: 'audit rebuild',
      url: await ownerUrlOf('audit', process.env),
      poolSize: 4,
    });
    closings.push(() => owner.close());
    const records = await rebuildRecordView(owner);
    process.stdout.write(`The view of ${records} records is made anew, and no record is missing.\n`);
    await owner.close();
    process.exit(0);
  },
  [RecordsIncomplete],
);
