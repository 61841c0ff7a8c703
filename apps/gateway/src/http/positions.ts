import type { FastifyReply } from 'fastify';

/** `Cofactor-Position`: what a read of others' data sends back as `Cofactor-Read-After` to see this write (I8). */
export const tellPositions = (reply: FastifyReply, positions: readonly string[]): void => {
  if (positions.length > 0) void reply.header('cofactor-position', positions.join(', '));
};
