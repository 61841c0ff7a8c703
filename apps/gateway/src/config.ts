import { z } from 'zod';

const list = z
  .string()
  .transform((text) => text.split(',').map((item) => item.trim()))
  .pipe(z.array(z.string().min(1)));

/** The gateway's settings, by the names of their variables. */
export const gatewaySettings = z.object({
  PORT: z.coerce.number('must be a port number').int().min(0).max(65_535).default(3000),
  COFACTOR_LISTEN: z.string().default('127.0.0.1').describe('Address to listen on'),
  COFACTOR_ORIGINS: list.optional().describe('Origins of our own pages, separated by commas'),
  COFACTOR_TRUSTED_PROXIES: list.optional().describe('Proxies whose X-Forwarded-For is believed, as addresses or CIDR'),
  COFACTOR_FLOOD_LIMIT: z.coerce.number('must be a number').int().min(10).default(3_000),
});
export type GatewaySettings = z.output<typeof gatewaySettings>;

/** The origins that unsafe requests of browsers may come from. */
export const originsOf = (settings: GatewaySettings, port: number): readonly string[] =>
  settings.COFACTOR_ORIGINS ?? [`http://localhost:${port}`, `http://127.0.0.1:${port}`];
