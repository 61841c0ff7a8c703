import type { Origin } from '@cofactor/contracts';
import type { PersonalFields } from '@cofactor/secret-vault';
import { networkOf } from '@cofactor/service-kit';
import { z } from 'zod';
import { deviceInWords } from '../domain/device';
import type { Whereabouts } from '../domain/ports';

const sourceSchema = z.object({ ip: z.string(), userAgent: z.string().nullable() });
const unknown: Whereabouts = { network: null, device: null };

/** Opens where a fact came from, for telling it coarsely; unknown where it was never written, or its key is destroyed. */
export const whereaboutsIn =
  (personalFields: Pick<PersonalFields, 'open'>) =>
  async ({ sealed, sealedFor }: Origin): Promise<Whereabouts> => {
    const source = sealed === null ? null : sourceSchema.safeParse(await personalFields.open(sealedFor, sealed));
    if (!source?.success) return unknown;
    const { ip, userAgent } = source.data;
    return { network: networkOf(ip), device: deviceInWords(userAgent) };
  };
