import type { Endpoint as EndpointEntry, HttpMethod } from '@cofactor/contracts';
import { applyDecorators, HttpCode, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';

const methods: Readonly<Record<HttpMethod, RequestMethod>> = {
  GET: RequestMethod.GET,
  POST: RequestMethod.POST,
  PUT: RequestMethod.PUT,
  DELETE: RequestMethod.DELETE,
};

export const endpointKey = Symbol('the contract entry of a handler');

/** Binds a handler to its contract entry: address, method and status come from there and nowhere else. */
export const Endpoint = (entry: EndpointEntry): MethodDecorator =>
  applyDecorators(
    RequestMapping({ method: methods[entry.method], path: entry.path.replaceAll(/\{(\w+)\}/g, ':$1') }),
    HttpCode(entry.status),
    SetMetadata(endpointKey, entry),
  );
