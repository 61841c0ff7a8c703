import { processSettings, relyingPartySettings, settingsList } from '@cofactor/service-kit';
import { isIP } from 'node:net';
import { z } from 'zod';

/** An address, or a network as CIDR writes it (RFC 4632 §3.1, RFC 4291 §2.3). */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    rest.length === 0 && longest > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest))
  );
}

/** The gateway's settings, by the names of their variables. */
export const gatewaySettings = z.object({
  PORT: z.coerce
    .number('must be a port number')
    .int()
    .min(0)
    .max(65_535)
    .default(3000)
    .describe('Port of the pages and the interface'),
  COFACTOR_LISTEN: processSettings.shape.COFACTOR_LISTEN,
  COFACTOR_ORIGINS: relyingPartySettings.shape.COFACTOR_ORIGINS,
  COFACTOR_TRUSTED_PROXIES: settingsList(
    isNetwork,
    'takes addresses such as 10.0.0.7 or 10.0.0.0/8, separated by commas',
  )
    .optional()
    .describe('Proxies whose X-Forwarded-For is believed, as addresses or CIDR'),
  COFACTOR_FLOOD_LIMIT: z.coerce
    .number('must be a number')
    .int()
    .min(10)
    .default(3_000)
    .describe('Requests in ten seconds from one address; above it, 429'),
});
export type GatewaySettings = z.output<typeof gatewaySettings>;

/** The origins that unsafe requests of browsers may come from. */
export const originsOf = (settings: GatewaySettings, port: number): readonly string[] =>
  settings.COFACTOR_ORIGINS ?? [`http://localhost:${port}`, `http://127.0.0.1:${port}`];
